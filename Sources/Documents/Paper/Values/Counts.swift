extension Sequence<Int> {
    /// The sum, at most the largest number there is: quantities come from outside, and a paper is no reason to stop the program.
    var clampedSum: Int {
        reduce(0) { sum, number in
            let (total, overflow) = sum.addingReportingOverflow(number)
            return overflow ? (number < 0 ? .min : .max) : total
        }
    }
}
