"""What a visitor does with the address bar: reload, Back, links that are passed on, and addresses that are mistyped."""


def ran(tab, years):
    tab.wait_for_selector(f".ff-figure b:has-text('{years} y 0 w')")
    tab.wait_for_selector(".ff-took")
    return tab.locator(".ff-figure b").all_inner_texts()


def test_a_reload_in_the_middle_of_a_run_loses_nothing_and_back_finds_the_run_before(visit):
    tab = visit("/explore")
    tab.wait_for_selector(".ff-figure")
    tab.select_option("#ff-funding", "capitated")
    tab.fill("#ff-years", "1")
    tab.click("text=Run to the end")
    first, link = ran(tab, 1), tab.url
    tab.fill("#ff-years", "2")
    tab.fill("#ff-seed", "4")
    tab.click("text=Run to the end")
    tab.wait_for_url("**seed=4&run=1")
    tab.reload()
    assert ran(tab, 2) != first
    assert tab.input_value("#ff-seed") == "4"
    tab.go_back()
    assert ran(tab, 1) == first
    assert tab.url == link
    other = visit("/" + link.partition("//")[2].partition("/")[2])
    assert ran(other, 1) == first


def test_links_to_a_person_and_to_a_comparison_open_them(visit):
    tab = visit("/follow?person=child&number=4&way=status_quo&other=capitated&years=1&seed=2&run=1")
    tab.wait_for_selector("text=Event by event")
    assert tab.input_value("#ff-rank") == "4"
    tab.click(".ff-tab:has-text('Compare')")
    tab.wait_for_url("**/compare?place=anytown&ways=*")
    tab.go_back()
    tab.wait_for_selector("text=Event by event")
    tab = visit("/compare?ways=status_quo,capitated&years=1&seeds=1&set=behaviour.altruism:0.3&run=1")
    tab.wait_for_selector("text=Winners and losers")
    tab.wait_for_selector("text=With changed assumptions")


def test_a_mistyped_address_says_so_and_leaves_the_page_ready(visit):
    tab = visit("/explore?way=capitatd&run=1")
    tab.wait_for_selector("text=unknown way of paying 'capitatd'; did you mean 'capitated'?")
    tab.wait_for_selector(".ff-figure")
    assert tab.url.endswith("way=capitatd&run=1")
    tab.select_option("#ff-funding", "capitated")
    tab.wait_for_url("**way=capitated**")
    tab.wait_for_selector("text=did you mean", state="detached")


def test_a_draft_that_is_not_saved_is_there_after_a_reload(visit):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    tab.fill("#ff-draft-title", "Not saved yet")
    tab.fill("#ff-name", "not_saved")
    tab.wait_for_selector(".ff-toml:has-text('Not saved yet')")
    tab.wait_for_function("sessionStorage.getItem('draft').startsWith('# not_saved')")
    tab.reload()
    tab.wait_for_selector(".ff-toml:has-text('Not saved yet')")
    assert tab.input_value("#ff-name") == "not_saved"


def test_a_page_that_does_not_exist_leads_back_in_the_style_of_the_house(visit, noted):
    tab = visit("/")
    assert tab.goto(tab.url + "exploer").status == 404
    tab.click("p >> text=Explore")
    tab.wait_for_selector(".ff-figure")
    assert [line.partition(":")[0] for line in noted] == ["404", "console"]  # of this page only, not of its parts
    noted.clear()
