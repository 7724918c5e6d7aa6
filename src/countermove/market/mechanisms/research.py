"""R&D: sales and subsidies feed a knowledge stock, which moves the date and the performance of the next generations."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.state import State


def perpetual_inventory(knowledge: Array, spending: Array, depreciation: Array, dt: Array) -> Array:
    """Knowledge stock, billion USD: ``K' = K (1 - delta dt/12) + spending dt/12`` (Hall 2007, NBER 13473).

    `spending` in billion USD a year, `depreciation` per year in [0, 0.4], `dt` in months.
    """
    return knowledge * (1.0 - depreciation * dt / 12.0) + spending * dt / 12.0


def relative_productivity(knowledge: Array, reference: Array, elasticity: Array) -> Array:
    """Effect of knowledge on the next generation: ``(K / K*)^elasticity`` with a small positive elasticity.

    The form is that of Hall, Mairesse & Mohnen (2010, NBER 15622). `reference` K* is the stock that the spending behind
    the published roadmaps would give, so the factor is 1 when a vendor's funds develop as those plans assume.
    """
    nothing = 1e-9  # billion USD: a vendor that plans no research has none to fall short of
    return ((knowledge + nothing) / (reference + nothing)) ** elasticity


def smoothstep(progress: Array, xp: Array) -> Array:
    """0 before, 1 after, ``3u^2 - 2u^3`` between: a launch as a smooth ramp that is exactly 0 and 1 outside."""
    u = xp.clip(progress, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def launched_share(clock: Array, planned: Array, ramp_months: Array, xp: Array) -> Array:
    """Share of a product's ramp completed when its programme has seen `clock` months of work, in [0, 1]."""
    return smoothstep((clock - planned) / ramp_months, xp)


def research_spending(revenue: Array, base: Array, intensity: Array, response: Array, denial: Array, subsidy: Array) -> Array:
    """R&D spending by vendor, billion USD a year (vendor, draw).

    ``spending = base + intensity x revenue x (1 + response x (denial - 1)) + subsidy``. `denial` is 1 when the US side
    lets nothing of the H200's class out and 0 when it lets all out; `response` has a prior without sign, because entity
    listings are found to raise R&D intensity in one study and to lower the quantity and quality of patents in another.
    """
    return base + intensity * revenue * (1.0 + response * (denial - 1.0)) + subsidy


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Spend on R&D, move the programmes on, and let products that are not launched yet take up the change.

    With ``research_loop = 0`` sales are replaced by the reference revenue and denial has no effect: the loop is cut.
    After launch a product's performance is frozen, unless it stands for a line of later, unannounced models (`rolling`).
    """
    revenue = p.research_loop * s.annual_revenue + (1.0 - p.research_loop) * x.reference_revenue
    spending = research_spending(
        revenue,
        c.base_research,
        p.revenue_to_research,
        p.denial_response * p.research_loop,
        x.denial,
        x.vendor_subsidy * c.vendor_split,
    )
    spending = xp.maximum(spending, 0.0)  # a subsidy that is withdrawn can end a small vendor's research, not undo it
    knowledge = perpetual_inventory(s.knowledge, spending, p.knowledge_depreciation, c.dt)
    productivity = relative_productivity(s.knowledge, x.reference_knowledge, p.research_elasticity)
    node = p.node_headroom * xp.exp(-p.control_on_node * x.component_controls)
    attainable = xp.minimum(productivity, node)[c.vendor_index]

    clock = s.programme_clock + c.dt * productivity**p.launch_sensitivity
    halfway = 0.5 * (s.programme_clock + clock)  # flows of a month see the launches at its middle
    launched = launched_share(halfway[c.vendor_index], c.launch_plan, p.ramp_months, xp)
    adapting = (1.0 - launched) * (1.0 - xp.exp(-c.dt / p.design_months))
    performance = s.performance_factor + adapting * (attainable - s.performance_factor)
    yearly = p.rolling_improvement * attainable * xp.exp(-p.control_on_node * x.component_controls)
    state = {
        "knowledge": knowledge,
        "programme_clock": clock,
        "performance_factor": performance * xp.exp(x.rolling * yearly * c.dt / 12.0),
    }
    return state, {"launched": launched, "research_spending": spending, "research_productivity": productivity}


MECHANISM = Mechanism(
    name="research",
    title="R&D",
    step=step,
    state_reads=("annual_revenue", "knowledge", "programme_clock", "performance_factor"),
    state_writes=("knowledge", "programme_clock", "performance_factor"),
    flow_reads=(),
    flow_writes=("launched", "research_spending", "research_productivity"),
    parameters=(
        "research_loop",
        "revenue_to_research",
        "denial_response",
        "knowledge_depreciation",
        "research_elasticity",
        "node_headroom",
        "control_on_node",
        "ramp_months",
        "design_months",
        "rolling_improvement",
        "launch_sensitivity",
    ),
    inputs=(
        "reference_revenue",
        "reference_knowledge",
        "denial",
        "vendor_subsidy",
        "component_controls",
        "rolling",
    ),
    constants=("dt", "base_research", "vendor_split", "vendor_index", "launch_plan"),
    equation=(
        "K' = K(1 - delta dt/12) + spending dt/12;  performance and programme speed = (K/K*)^elasticity, under the node ceiling"
    ),
    sources=("hall-2007-rd-depreciation", "hall-mairesse-mohnen-2010"),
)
