"""Small whole files, from which others are made by damage: tables of predictions, outlines."""

import io
import json

import pandas as pd

_ROWS = pd.DataFrame(
    {
        "patient": ["10253", "10253", "9036", "9036"],
        "x": [1, 51, 1, 51],
        "y": [1, 1, 51, 51],
        "label": [0, 1, 0, 1],
        "score": [0.1, 0.9, 0.25, 0.75],
        "split": ["test", "test", "validation", "validation"],
    }
)
_FILES = [
    f"{row.patient}_idx5_x{row.x}_y{row.y}_class{row.label}.png" for row in _ROWS.itertuples()
]


def _parquet() -> bytes:
    into = io.BytesIO()
    _ROWS.to_parquet(into)
    return into.getvalue()


TABLES = (
    _ROWS.to_csv(index=False).encode(),
    _ROWS.assign(file=_FILES)[["file", "score"]].to_csv(index=False, sep=";").encode(),
    _ROWS.assign(score=100 * _ROWS["score"]).to_csv(index=False, sep="\t").encode("utf-16"),
    _ROWS.to_json(orient="records").encode(),
    _ROWS.to_json(orient="records", lines=True).encode(),
    _parquet(),
)

_RING = [[0, 0], [100, 0], [100, 80], [0, 80], [0, 0]]
_FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [_RING]},
    "properties": {"objectType": "annotation", "classification": {"name": "Tumor"}},
}
_COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 200, "height": 200}],
    "categories": [{"id": 1, "name": "Tumor"}],
    "annotations": [{"image_id": 1, "category_id": 1, "segmentation": [[0, 0, 90, 0, 90, 70]]}],
}
_LABELME = {
    "imageHeight": 200,
    "imageWidth": 200,
    "shapes": [{"label": "Tumor", "points": _RING, "shape_type": "polygon"}],
}
_ASAP = """<?xml version="1.0"?>
<ASAP_Annotations><Annotations>
<Annotation Name="a" Type="Polygon" PartOfGroup="Tumor" Color="#F4FA58"><Coordinates>
<Coordinate Order="0" X="0" Y="0"/><Coordinate Order="1" X="90" Y="0"/>
<Coordinate Order="2" X="90" Y="70"/></Coordinates></Annotation></Annotations>
<AnnotationGroups><Group Name="Tumor" PartOfGroup="None" Color="#64FE2E"/></AnnotationGroups>
</ASAP_Annotations>"""
_IMAGESCOPE = """<?xml version="1.0"?>
<Annotations MicronsPerPixel="0.25"><Annotation Id="1" Name="Tumor" LineColor="255"><Regions>
<Region Id="1" NegativeROA="0"><Vertices><Vertex X="0" Y="0" Z="0"/><Vertex X="90" Y="0" Z="0"/>
<Vertex X="90" Y="70" Z="0"/></Vertices></Region></Regions></Annotation></Annotations>"""
_VOC = """<annotation><size><width>200</width><height>200</height><depth>3</depth></size>
<object><name>Tumor</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>90</xmax><ymax>70</ymax>
</bndbox></object></annotation>"""

ANNOTATIONS = (
    json.dumps([_FEATURE]).encode(),
    json.dumps({"type": "FeatureCollection", "features": [_FEATURE]}).encode(),
    json.dumps(_COCO).encode(),
    json.dumps(_LABELME).encode(),
    _ASAP.encode(),
    _ASAP.encode("utf-16"),
    _IMAGESCOPE.encode(),
    _VOC.encode(),
    b"class,x,y\nTumor,0,0\nTumor,90,0\nTumor,90,70\n",
)
