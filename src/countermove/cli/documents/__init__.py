"""The JSON documents as schemas: the fixed keys that scripts may rely on. Further keys may appear; these stay."""

from __future__ import annotations

from pydantic import BaseModel

from countermove.cli.documents.articles import ReadDocument, ReviewDocument
from countermove.cli.documents.experiments import DiscoverDocument, RobustnessDocument, SensitivityDocument, SweepDocument
from countermove.cli.documents.findings import EntriesDocument, EntryDocument, ReproductionsDocument, WhatMattersDocument
from countermove.cli.documents.gates import CheckDocument, TimelineDocument, WhatifDocument
from countermove.cli.documents.hardware import PredictBatchDocument, PredictDocument, SubstituteDocument
from countermove.cli.documents.inference import CalibrateDocument, ForecastsDocument, HindcastDocument, RollingDocument
from countermove.cli.documents.installation import DoctorDocument
from countermove.cli.documents.ledger import CatalogDocument, ClaimsDocument, EvidenceAnswerDocument, ExplainDocument
from countermove.cli.documents.runs import CompareDocument, DemoDocument, ReproduceDocument, RunDocument
from countermove.cli.documents.strategy import InferRefusalDocument, PlayDocument

DOCUMENTS: dict[str, type[BaseModel]] = {
    "run": RunDocument,
    "compare": CompareDocument,
    "demo": DemoDocument,
    "reproduce": ReproduceDocument,
    "claims": ClaimsDocument,
    "explain": ExplainDocument,
    "evidence": EvidenceAnswerDocument,
    "catalog": CatalogDocument,
    "check": CheckDocument,
    "timeline": TimelineDocument,
    "whatif": WhatifDocument,
    "predict": PredictDocument,
    "predict --batch": PredictBatchDocument,
    "substitute": SubstituteDocument,
    "play": PlayDocument,
    "infer refusal": InferRefusalDocument,
    "sweep": SweepDocument,
    "sensitivity": SensitivityDocument,
    "robustness": RobustnessDocument,
    "discover": DiscoverDocument,
    "what-matters": WhatMattersDocument,
    "reproductions list": EntriesDocument,
    "reproductions show": EntryDocument,
    "reproductions run": ReproductionsDocument,
    "calibrate": CalibrateDocument,
    "hindcast": HindcastDocument,
    "hindcast --rolling": RollingDocument,
    "forecasts": ForecastsDocument,
    "doctor": DoctorDocument,
    "read": ReadDocument,
    "review": ReviewDocument,
}
"""Command, in the words that one types, to what it prints with --json."""
