// Command bench measures what lotus-hooks costs, each figure beside what the work costs at
// best on the same machine in the same run. It is no test: it exits with 0 unless it cannot
// run at all. docs/performance.md explains the figures.
//
//	make bench                       all of it, about six minutes
//	go run -tags goolm ./bench -run accept -rounds 3
//
// Accepting, delivering, starting and memory are measured on the program itself, started as
// people start it. Figures are medians of rounds, in which the measured and its reference
// take turns, so that what else the machine does strikes both; ratios are medians of the
// rounds' ratios. Ratios travel from machine to machine, absolute figures do not.
package main
