"""The doors of the mechanisms in words: the unit and the meaning of every flow, monthly input and constant.

Stocks carry their units in `market.state.STATE_UNITS`. Money is in constant 2025 US dollars; flows belong to a month.
A test holds this list against what the mechanisms declare.
"""

from __future__ import annotations

FLOWS: dict[str, tuple[str, str]] = {
    # gates
    "licensed": ("1", "share of applications that Washington licenses"),
    "admitted": ("1", "share of demand that Beijing lets in"),
    "gate_open": ("1", "1 where both gates let anything through"),
    "licence_needed": ("1", "1 where a licence has to be waited for"),
    "approval_needed": ("1", "1 where an import approval has to be waited for"),
    "bundle": ("usd/usd", "domestic chips to be bought per dollar of foreign ones"),
    "abroad": ("1", "share of deliveries that must be installed outside the mainland"),
    "ceiling": ("thousand package/year", "most units that Beijing admits a year"),
    "duty": ("1", "import duty on entered value"),
    "revenue_share": ("1", "share of revenue paid to the US government"),
    "cap_share": ("1", "volume cap, share of US shipments"),
    "rental_open": ("1", "share of rental abroad that Washington allows"),
    # research, learning
    "launched": ("1", "launch ramp of each domestic product, 0 to 1"),
    "research_spending": ("usd_bn/year", "R&D spending by vendor"),
    "research_productivity": ("1", "effect of the knowledge stock on the next generation"),
    "die_yield": ("1", "good dies by vendor"),
    "non_yield_cost": ("1", "unit cost other than dies, relative to the start"),
    # demand
    "desired": ("usd_bn", "money that wants each offer, by segment"),
    "waiting": ("usd_bn", "money that prefers to wait"),
    "returned_to_market": ("usd_bn", "deferred demand that comes back"),
    "requests": ("usd_bn", "applications and orders for direct imports"),
    "money": ("usd_bn", "money that each segment can spend"),
    "tied_domestic": ("usd_bn", "domestic purchases tied to foreign ones by bundling"),
    # foreign supply
    "foreign_units": ("thousand package", "direct imports delivered"),
    "foreign_paid": ("usd_bn", "what buyers pay for them, duty included"),
    "foreign_value": ("usd_bn", "the same at the seller's price"),
    "given_up": ("usd_bn", "orders void, refused or cancelled"),
    "duty_paid": ("usd_bn", "import duty by product"),
    "share_paid": ("usd_bn", "revenue share by product"),
    "cap_headroom": ("thousand package", "chips that the volume cap would still allow"),
    "foreign_abroad": ("1", "share of deliveries installed outside the mainland"),
    "foreign_made": ("thousand package", "chips that left the line for China"),
    # domestic supply
    "domestic_made": ("thousand package", "packages made by product"),
    "made_by_vendor": ("thousand package", "packages made by vendor"),
    "input_cover": ("1", "what dies, memory and packaging would each allow, over what is wanted"),
    "good_dies": ("thousand die", "good dies leaving the foundry"),
    "hbm_made": ("thousand stack", "HBM stacks made in China"),
    "wafer_capacity": ("thousand wafer/month", "advanced logic capacity"),
    "dies_used": ("thousand die", "dies packaged"),
    "hbm_used": ("thousand stack", "HBM stacks packaged"),
    "slack": ("1", "share of output that orders rather than inputs set"),
    # grey market, rental, rationing
    "grey_offered": ("thousand package", "diverted chips offered"),
    "rental_offered": ("thousand package", "accelerators offered for rent abroad"),
    "units": ("thousand package", "deliveries by offer"),
    "value": ("usd_bn", "deliveries at the seller's price"),
    "spent": ("usd_bn", "what buyers paid, by offer"),
    "paid_by_segment": ("usd_bn", "what buyers paid, by segment"),
    "unmet": ("usd_bn", "money that found no chips"),
    "abandoned": ("usd_bn", "deferred demand given up"),
    "grey_desired": ("thousand package", "diverted chips wanted"),
    "domestic_fill": ("1", "share of wanted domestic chips delivered"),
    # prices, capacity, installed base, US side
    "unit_cost_index": ("1", "unit cost by vendor relative to its reference date"),
    "capacity_spending": ("usd_bn/year", "spending on capacity beyond plan"),
    "retired": ("thousand package", "chips that leave service"),
    "vendor_revenue": ("usd_bn", "sales of domestic vendors"),
    "us_h100e_added": ("thousand h100e", "compute added in the US"),
    "us_bandwidth_added": ("pb/s", "memory bandwidth added in the US"),
    "duty_proceeds": ("usd_bn", "duty and revenue share collected"),
    "duty_on_buyers": ("usd_bn", "the part of the duty passed on to buyers"),
    "nvidia_china": ("usd_bn", "NVIDIA's sales to China"),
    "nvidia_profit_china": ("usd_bn", "its gross profit on them"),
    "nvidia_datacenter": ("usd_bn", "its data-centre sales in the world"),
}

INPUTS: dict[str, tuple[str, str]] = {
    # gates, by reading
    "us_weight": ("1", "which reading of Washington's gate holds, by draw"),
    "cn_weight": ("1", "which reading of Beijing's gate holds, by draw"),
    "licence": ("1", "share of applications licensed, by reading"),
    "admit": ("1", "share of demand admitted, by reading"),
    "licence_open": ("1", "1 where a reading licenses anything"),
    "admit_open": ("1", "1 where a reading admits anything"),
    "licence_delay": ("1", "1 where a licence has to be waited for, by reading"),
    "admit_delay": ("1", "1 where an approval has to be waited for, by reading"),
    "bundle": ("usd/usd", "domestic chips per dollar of foreign ones, by reading"),
    "offshore_share": ("1", "share that must be installed abroad, by reading"),
    "ceiling": ("thousand package/year", "unit ceiling, by reading"),
    "duty": ("1", "import duty, by reading"),
    "revenue_share": ("1", "revenue share, by reading"),
    "cap_share": ("1", "volume cap, by reading"),
    "rental_open": ("1", "share of rental allowed, by reading"),
    "reversal": ("1", "weight of a reversal of US permission"),
    "denial": ("1", "1 when nothing of the H200's class may leave, 0 when all may"),
    "stop_notice": ("1", "share of a year's demand brought forward by an announced stop"),
    # levers that act inside the market
    "mandate": ("1", "share of spending reserved for domestic chips"),
    "user_subsidy": ("1", "share of a domestic chip's price paid by the state"),
    "vendor_subsidy": ("usd_bn/year", "R&D subsidy beyond the status quo"),
    "fab_subsidy": ("usd_bn/year", "capacity subsidy and push beyond the status quo"),
    "free_split": ("1", "1 where new money follows the bottleneck"),
    "pool_split": ("1", "split of new money over logic, memory and packaging where it does not"),
    "component_controls": ("1", "strictness of equipment and memory controls beyond the status quo"),
    "enforcement": ("1", "US enforcement beyond the status quo"),
    "grey_enforcement": ("1", "Chinese enforcement beyond the status quo"),
    # what is on offer, and its price
    "on_sale": ("1", "direct imports on offer"),
    "grey_on_sale": ("1", "diverted classes on offer"),
    "rental_on_sale": ("1", "rental classes on offer"),
    "ageing": ("1", "foreign list price relative to its quoted date"),
    "rental_ageing": ("1", "rental price relative to its quoted date"),
    "world_price": ("thousand usd/package", "world price by class"),
    # demand and announced supply
    "budget": ("usd_bn/month", "budget of all Chinese buyers"),
    "line_rate": ("thousand package/month", "most chips a foreign line makes for China"),
    "launch_build": ("1", "share of a line that runs ahead of a launch"),
    "stock_injection": ("thousand package", "stock reported in hand"),
    "cap_base_flow": ("thousand package/month", "US shipments that the cap counts"),
    "cap_base_lump": ("thousand package", "earlier US shipments that the cap counts"),
    "cap_reset": ("1", "1 where the cap's reference period begins anew"),
    "cap_applies": ("1", "1 where a volume cap applies"),
    "new_year": ("1", "1 in January"),
    "wafers": ("thousand wafer/month", "announced advanced logic capacity"),
    "die_imports": ("thousand die/month", "dies from foreign foundries, by vendor"),
    "hbm_imports": ("thousand stack/month", "HBM imported"),
    "hbm_domestic": ("thousand stack/month", "HBM of Chinese memory makers"),
    "hbm_in_house": ("thousand stack/month", "HBM of Huawei's own make"),
    "packaging": ("thousand package/month", "announced packaging slots, by vendor"),
    "grey_level": ("thousand package/month", "diverted chips at the usual wedge"),
    "world_units": ("thousand package/month", "world sales by class"),
    "rental_world_units": ("thousand package/month", "world sales of rented classes"),
    # plans that loops are measured against
    "reference_revenue": ("usd_bn/year", "domestic revenue that published plans imply, by vendor"),
    "reference_knowledge": ("usd_bn", "knowledge stock that plans imply"),
    "reference_output": ("thousand package", "cumulative output that plans imply"),
    "reference_base": ("thousand package", "installed base that plans imply"),
    "reference_wafers": ("thousand wafer", "cumulative wafers that plans imply"),
    "rolling": ("1", "1 where a product stands for later, unannounced models"),
    # United States
    "us_h100e_flow": ("thousand h100e/month", "US part of world sales"),
    "us_bandwidth_flow": ("pb/s/month", "the same in memory bandwidth"),
    "rest_of_world_revenue": ("usd_bn/month", "NVIDIA's data-centre sales outside China"),
}

CONSTANTS: dict[str, tuple[str, str]] = {
    "dt": ("month", "time step"),
    "segment_share": ("1", "share of the budget by segment"),
    "choice_base": ("1", "fixed part of utility, exponentiated: performance, preference, unobserved quality"),
    "waiting_value": ("1", "utility of waiting"),
    "power_kw": ("kw/package", "all-in power by offer"),
    "vendor_index": ("1", "vendor of each domestic product"),
    "vendor_sum": ("1", "sums products by vendor"),
    "exposed_to_cutoff": ("1", "how far an offer can be cut off by Washington"),
    "grey_access": ("1", "how far a segment buys diverted chips"),
    "rental_access": ("1", "how far a segment rents abroad"),
    "line_months": ("month", "time from a start on the line to a finished package"),
    "line_response": ("month", "time in which a line follows orders"),
    "domestic_offers": ("1", "places of the domestic offers"),
    "successor": ("1", "the generation that follows each product"),
    "has_successor": ("1", "1 where one is announced"),
    "dies_per_package": ("die/package", "logic dies per package"),
    "hbm_stacks": ("stack/package", "HBM stacks per package"),
    "has_own_hbm": ("1", "1 for a vendor that makes HBM itself"),
    "wafer_split": ("1", "accelerator wafers by vendor"),
    "dies_per_wafer": ("die/wafer", "gross dies per wafer"),
    "h100e": ("h100e/package", "dense 8-bit performance over an H100's"),
    "bandwidth": ("pb/s/thousand package", "memory bandwidth"),
    "list_price": ("thousand usd/package", "list price at its quoted date"),
    "reference_yield": ("1", "good dies at the reference date"),
    "pool_cost": ("usd_bn per unit a month", "cost of capacity by pool (its parameters carry the exact units)"),
    "usual_split": ("1", "planned split of capacity spending"),
    "owned": ("1", "1 for chips that are bought, 0 for rented ones"),
    "wafers_at_reference": ("thousand wafer", "cumulative wafers at the date of the published yields"),
    "defects_start": ("1/cm2", "defect density at that date"),
    "defects_floor": ("1/cm2", "defect density that a mature line reaches"),
    "die_area_cm2": ("cm2", "area of a logic die by vendor"),
    "base_research": ("usd_bn/year", "R&D that does not depend on AI-chip sales"),
    "vendor_split": ("1", "planned revenue by vendor"),
    "launch_plan": ("month", "months of work until each launch"),
    "effective_system": ("1", "effective performance in its system relative to an H200, by workload"),
    "effective_chip": ("1", "the same per chip in a small server"),
    "mix": ("1", "workload mix of all demand"),
}

#: Doors that the tables of the data tree fill, beside what parameters and levers do.
TABLES: dict[str, tuple[str, ...]] = {
    "chips and systems of the hardware catalogue": (
        "h100e",
        "bandwidth",
        "power_kw",
        "effective_system",
        "effective_chip",
        "choice_base",
        "die_area_cm2",
        "dies_per_package",
        "dies_per_wafer",
        "hbm_stacks",
        "launch_plan",
    ),
    "dated rules and reports of both governments": (
        "licence",
        "admit",
        "licence_open",
        "admit_open",
        "licence_delay",
        "admit_delay",
        "bundle",
        "offshore_share",
        "ceiling",
        "duty",
        "revenue_share",
        "cap_share",
        "cap_applies",
        "rental_open",
        "reversal",
        "denial",
        "stop_notice",
        "us_weight",
        "cn_weight",
    ),
    "windows of sale in data/market/products.yaml": (
        "on_sale",
        "grey_on_sale",
        "rental_on_sale",
        "ageing",
        "rental_ageing",
        "world_price",
        "rolling",
        "launch_plan",
        "launch_build",
    ),
    "NVIDIA's world sales in data/market/nvidia_world_sales.csv": (
        "us_h100e_flow",
        "us_bandwidth_flow",
        "rest_of_world_revenue",
        "world_units",
        "rental_world_units",
    ),
}

UNIT_WORDS: dict[str, str] = {"1": "share or ratio"}


def flow(name: str) -> tuple[str, str]:
    """Return unit and meaning of a flow."""
    return FLOWS[name]


def missing() -> list[str]:
    """Return the doors that the mechanisms declare and this list does not know, and those it knows in vain."""
    from countermove.market.model import ORDER
    from countermove.market.observe import CONSTANTS as OBSERVED_CONSTANTS
    from countermove.market.observe import INPUTS as OBSERVED_INPUTS

    declared = {
        "flow": {name for m in ORDER for name in (*m.flow_reads, *m.flow_writes)},
        "input": {name for m in ORDER for name in m.inputs} | {*OBSERVED_INPUTS},
        "constant": {name for m in ORDER for name in m.constants} | {*OBSERVED_CONSTANTS},
    }
    known = {"flow": FLOWS, "input": INPUTS, "constant": CONSTANTS}
    return [
        f"{kind} {name}: {'not described' if name in declared[kind] else 'described in vain'}"
        for kind in declared
        for name in sorted(declared[kind] ^ set(known[kind]))
    ]
