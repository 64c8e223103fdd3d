import Foundation
import Synchronization

/// One line on standard error that is drawn over itself; silent where standard error is not a terminal.
final class ProgressBar: Sendable {
    private struct State { var done: Int64 = 0, drawn: ContinuousClock.Instant?, started = ContinuousClock.now }
    private static let barCells = 28, redraw = Duration.milliseconds(100)

    private let title: String, unit: String
    /// nil: how much there is, is not known.
    private let total: Int64?
    private let isShown: Bool
    private let state = Mutex(State())

    init(_ title: String, total: Int64?, unit: String = "") {
        self.title = title; self.total = total; self.unit = unit
        isShown = Terminal.isErrorATerminal
    }

    func advance(by count: Int64) {
        let text: String? = state.withLock { state in
            state.done += count
            let now = ContinuousClock.now
            if let drawn = state.drawn, now - drawn < Self.redraw { return nil }
            state.drawn = now
            return line(state.done, since: state.started, now: now)
        }
        if let text { draw(text) }
    }

    /// Leaves the last state standing.
    func finish() {
        draw(state.withLock { line($0.done, since: $0.started, now: .now) })
        if isShown { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    private func draw(_ text: String) {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
    }

    private func line(_ done: Int64, since start: ContinuousClock.Instant, now: ContinuousClock.Instant) -> String {
        let seconds = max((now - start) / .seconds(1), 0.001), rate = Int64(Double(done) / seconds)
        let unit = unit.isEmpty ? "" : " " + unit
        guard let total, total > 0 else { return "\(title)  \(done)\(unit)  \(rate)/s" }
        let share = min(1, Double(done) / Double(total)), filled = Int(share * Double(Self.barCells))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barCells - filled)
        return "\(title)  \(bar) \(Int(share * 100)) %  \(done)/\(total)\(unit)  \(rate)/s"
    }
}
