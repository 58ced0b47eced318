"""Calibration: what the scores are off by."""

from tests.dashboard.exact.reading import cards, table, values


def test_calibration_prints_what_the_scores_are_off_by(page_at):
    page = page_at("calibration", 0.5)
    shown = values(page)
    # mean score (13·0.1 + 11·0.3 + 7·0.6 + 9·0.9)/40 = 0.4225; 15/40 are IDC
    assert shown[1] == "0.05"
    # IDC 0.81 + 3·0.49 + 4·0.16 + 7·0.01; others 12·0.01 + 8·0.09 + 3·0.36 + 2·0.81: 6.53/40
    assert shown[3] == "0.16"
    # 13·|0.1 − 1/13| + 11·|0.3 − 3/11| + 7·|0.6 − 4/7| + 9·|0.9 − 7/9| = 1.9, of 40
    assert shown[4] == "0.05"
    assert [n[-2:] for _, _, n in cards(page)][1:3] == [["40", "3"], ["40", "3"]]
    assert [row[1] for row in table(page)] == [
        "0.0039",  # 13·0.0231² + 11·0.0273² + 7·0.0286² + 9·0.1222², of 40
        "0.0750",  # 0.2344 + 0.0039 − 0.1632
        "0.2344",  # 15/40 · 25/40
        "0.0000",
        "0.1632",
    ]
    assert table(page, 1)[0][3:] == ["0.16", "0.05", "0.82"]
