import Domain
import Logging

extension Hub {
    static let pulsePause = Duration.seconds(10), passesPerPurge = 360

    /// Writes the counts of the charts some times a minute until cancelled. Begins with the lists that an older version did not keep.
    func keepPulse() async {
        do { try await ledger.fillToday() } catch is CancellationError { return } catch {
            logger.error("the lists of what must leave could not be filled", metadata: ["error": "\(error)"])
        }
        var passes = 0
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: Self.pulsePause)
                try await pulse.write(to: ledgerDatabase)
                passes += 1
                if passes.isMultiple(of: Self.passesPerPurge) { try await pulse.purge(in: ledgerDatabase) }
            } catch is CancellationError { return } catch {
                logger.warning("the series could not be written", metadata: ["error": "\(error)"])
            }
        }
    }
}
