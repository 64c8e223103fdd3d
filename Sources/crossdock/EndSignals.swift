import ServiceLifecycle
import Synchronization
import UnixSignals

/// SIGTERM and SIGINT, heard from here to the end of the process.
///
/// A service group that traps them itself hears them only while it runs, and leaves them swallowed afterwards: a hub that went from standing by to work would miss the one that came in between.
final class EndSignals: Sendable {
    private struct State { var isTold = false, listeners: [AsyncStream<Void>.Continuation] = [] }
    private let state = Mutex(State())

    init() async {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        Task { for await _ in signals { tell() } }      // lives as long as the process
    }

    /// Whether the process was told to end.
    var isTold: Bool { state.withLock { $0.isTold } }

    private func tell() {
        let listeners = state.withLock { state in
            state.isTold = true
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.finish() }
    }

    /// Ends when the process is told to end; at once when it was told before.
    fileprivate func untilTold() -> AsyncStream<Void> {
        let (stream, listener) = AsyncStream<Void>.makeStream()
        let wasTold = state.withLock { state in
            if !state.isTold { state.listeners.append(listener) }
            return state.isTold
        }
        if wasTold { listener.finish() }
        return stream
    }
}

/// Ends its group in good order when the process is told to end (`successTerminationBehavior: .gracefullyShutdownGroup`).
struct EndService: Service {
    let signals: EndSignals
    func run() async throws { for await _ in signals.untilTold().cancelOnGracefulShutdown() {} }
}
