# Every task lives in tools/tasks.py; `./run TASK` does the same without make.
.PHONY: help setup run test check lint bench
.DEFAULT_GOAL := help
help setup run test check lint bench:
	@./run $@ $(ARGS)
