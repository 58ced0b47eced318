"""Where better lies, by the names that Keras, scikit-learn and trackers write."""

import pytest

from idc_core.train.history.directions import direction

FALL = """loss val_loss focal_loss focalloss valloss brier val_brier brier_score ece val_ece
expected_calibration_error mse mae rmse nll negative_log_likelihood kl_divergence kld
binary_crossentropy binary_cross_entropy log_loss false_positive_rate false_negatives
false_positives_1 fpr val_fnr error_rate mean_squared_error mean_absolute_percentage_error
miss_rate auc_loss hinge huber perplexity cross-entropy"""

RISE = """auc val_auc auc_1 AUROC roc_auc pr_auc prc accuracy binary_accuracy val_acc
balanced_accuracy balancedaccuracy sensitivity sensitivity_at_90_specificity specificity precision
recall recall_2 f1 f1_score F1 fbeta dice dice_coef iou mean_iou mcc cohen_kappa true_positives
true_positive_rate negative_predictive_value average_precision npv log_likelihood"""

UNKNOWN = """best_threshold val_best_threshold tone gradient_norm lr neg_mean_squared_error
one_minus_auc temperature"""


@pytest.mark.parametrize(
    ("names", "way"), [(FALL, "falls"), (RISE, "rises"), (UNKNOWN, None)], ids=["fall", "rise", "?"]
)
def test_a_name_says_which_way_is_better_or_is_not_guessed(names, way):
    assert {name: direction(name) for name in names.split()} == dict.fromkeys(names.split(), way)
