"""Companies with several names and domains, as those who watch third-party scripts list them."""

from benchmarks.mapping.baselines import LIKENESS, NAMES, SITES
from benchmarks.mapping.engine import answer, company
from benchmarks.mapping.labeled import rows
from benchmarks.mapping.report import Report
from benchmarks.mapping.scores import of_clusters
from benchmarks.mapping.sets.patents import cluster_misses


def report() -> Report:
    """What nobody has tuned on: no target, and no halves to tell apart."""
    sites = rows("third_party_web")
    truth = [row["company"].casefold() for row in sites]
    companies = [company(i, row["name"], row["domain"]) for i, row in enumerate(sites)]
    told = Report(f"Third-party web, never tuned on: {len(sites):,} sites of {len(set(truth)):,} companies")
    found = answer(companies)
    told.beside("hub, internal threshold", of_clusters(found.clusters, truth))
    told.beside("hub, sharing threshold", of_clusters(found.shared, truth))
    for name, rule in (NAMES | SITES | LIKENESS).items():
        told.beside(name, of_clusters(rule(companies), truth))
    told.misses = cluster_misses([f"{row['name']} ({row['domain']})" for row in sites], found.clusters, truth)
    return told
