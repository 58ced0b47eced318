"""What the browser is told of the charts that it moves."""

import json

from dashboard.charts import moves
from dashboard.charts.theme import COLOURS, OUTCOMES


def test_a_thousand_patches_have_their_prevalence_rows_and_columns_in_their_places():
    told = json.loads(moves.as_json(moves.of_thousand(0.25, 50, 20)))
    outcomes = told.pop("outcomes")
    assert told == {"prevalence": 0.25, "columns": 50, "rows": 20, "kind": "thousand"}
    assert {each: drawn["colour"] for each, drawn in outcomes.items()} == {
        each: COLOURS[each] for each in OUTCOMES
    }
    assert len({(drawn["shape"], drawn["fill"]) for drawn in outcomes.values()}) == 4
