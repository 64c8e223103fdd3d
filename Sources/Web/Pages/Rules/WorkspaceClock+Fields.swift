import Domain
import Foundation

/// Moments in fields of the browser's kinds `datetime-local` and `date`, in the workspace's zone.
extension WorkspaceClock {
    func field(_ time: Timestamp) -> String { String(Timestamp(milliseconds: (time.milliseconds + offsetMilliseconds(at: time)) / 60_000 * 60_000).description.prefix(16)) }

    /// The day of a moment as fields of the kind `date` write it: `2026-11-21`.
    func day(inFieldOf time: Timestamp) -> String { String(field(time).prefix(10)) }

    /// A day of such a field in the reader's words; what is none stays as it is.
    func day(ofField day: String) -> String { moment("\(day)T12:00").map { self.day($0) } ?? day }

    /// nil: no date and time. An hour that clocks skip or show twice is read by the zone's rule.
    func moment(_ field: String) -> Timestamp? {
        guard field.count >= 16, let wall = Timestamp(rfc3339: "\(field.prefix(16)):00Z") else { return nil }
        let guess = Timestamp(milliseconds: wall.milliseconds - offsetMilliseconds(at: wall))
        return Timestamp(milliseconds: wall.milliseconds - offsetMilliseconds(at: guess))
    }
}
