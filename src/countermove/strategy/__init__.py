"""The game: payoffs from simulation, best replies, equilibria, orders of move, and what a refusal tells."""
