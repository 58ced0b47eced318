"""Where does the model fail? Patches sorted into slices by what they are, each judged alone.

`attributes` puts each patch into one value of an attribute, `pixels` measures what needs pixels,
`cut_store` takes what was measured when slides were cut, `joined_store` which store a patch came
from, `table` judges every slice at a threshold, `weakest` says which is worse than the rest.
"""
