/// Runs read closures one after another, each on a snapshot of its own.
struct ReaderLoop: Sendable {
    let queue: WorkQueue
    let counters: Counters

    /// Runs until the queue is closed and empty, then closes the connection.
    func run(on connection: any ReadConnection) {
        while let work = queue.next(atMost: 1)?.first {
            var failure = read(work, on: connection)
            if failure != nil, connection.isWorthAnotherRead { failure = read(work, on: connection) }
            counters.read()
            work.finish(failure)
        }
        connection.close()
    }

    private func read(_ work: PendingWork, on connection: any ReadConnection) -> (any Error)? {
        do {
            try connection.beginRead()
            work.attempt(connection)
            connection.endRead()
            return work.failure
        } catch {
            return error
        }
    }
}
