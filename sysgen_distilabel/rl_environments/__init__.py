"""System-message environments: tasks with checks that give a reward, made of the rows of a run."""
