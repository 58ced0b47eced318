"""One reader of tables, whatever wrote them: bytes in, named columns of texts and numbers out.

What a column *means* is decided elsewhere (`importing`, `given_split`, `labels`). Here a patient
called NA is a text, `00123` keeps its zeros, and whatever was unusual is told in `Table.notes`.
"""

from idc_core.io.tabular.names import ids as ids
from idc_core.io.tabular.opening import open_table as open_table
from idc_core.io.tabular.table import Table as Table
from idc_core.io.tabular.values import forms as forms
from idc_core.io.tabular.values import numbers as numbers
from idc_core.io.tabular.values import vectors as vectors
