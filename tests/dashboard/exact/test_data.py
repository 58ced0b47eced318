"""Data: patients, patches and IDC of each split."""

from tests.dashboard.exact.reading import captions, holding, markdown, numbers


def test_data_counts_patients_patches_and_idc_of_each_split(page_at):
    page = page_at("data", 0.5)
    splits = page.at.dataframe[0].value
    assert splits.round(3).to_numpy().tolist() == [
        ["train", 2, 11, 4, 0.364],  # D C B B; C
        ["validation", 2, 15, 6, 0.4],
        ["test", 3, 40, 15, 0.375],
    ]
    said = [numbers(each) for each in markdown(page) if numbers(each)]
    assert [each[0] for each in said[:2]] == ["7", "66"]  # patients and patches compared
    # both of training are smaller than 3 by 3: samples
    assert numbers(holding(captions(page), "samples"))[:2] == ["7", "5"]
