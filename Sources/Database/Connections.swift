/// A connection that carries batches of write closures. One thread uses it.
///
/// Control statements may be sent late, together with the next statement: an error of theirs then shows there.
protocol WriteConnection: Transaction {
    func begin() throws
    func beginClosure() throws
    func undoClosure() throws
    func endClosure() throws
    /// Returns when the data is on disk.
    func commit() throws
    /// Leaves the connection usable whatever happened before; never throws.
    func rollback()
    /// Called between two transactions, after the callers were resumed.
    func rest()
    /// The first statement that failed since the flag was cleared, outside a savepoint that undid it.
    var failedStatement: DatabaseError? { get set }
    /// Set when the whole transaction is lost, and every closure of it with it.
    var lostTransaction: DatabaseError? { get }
    func close()
}

/// A connection that runs read closures, each on one snapshot. One thread uses it.
protocol ReadConnection: Transaction {
    func beginRead() throws
    func endRead()
    /// Set when the read failed for a reason that a second try can mend.
    var isWorthAnotherRead: Bool { get }
    func close()
}
