"""The rules of the simulated engine; `simulate` answers a chat without an LLM class around it."""

from sysgen_distilabel.llms.simulation.planned_faults import FaultRates
from sysgen_distilabel.llms.simulation.simulator import SimulatedReply, simulate

__all__ = ["FaultRates", "SimulatedReply", "simulate"]
