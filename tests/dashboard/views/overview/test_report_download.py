"""The report can be exported from Overview."""


def test_overview_offers_the_report_of_the_operating_point(full_run, app):
    page = app(run="small", threshold="0.9").open("overview")
    buttons = [each for each in page.at.get("download_button") if "Report" in each.proto.label]
    assert len(buttons) == 1
    assert "not of the threshold in the bar" in " ".join(each.value for each in page.at.caption)
