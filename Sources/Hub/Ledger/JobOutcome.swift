package import Connect
package import Domain

/// What came of one try of a job.
package enum JobOutcome: Sendable {
    /// `isFound`: an earlier try had made the booking; it is as the order was then.
    case booked(Booking, parcels: [Parcel], isFound: Bool)
    case cancelAnswered(CancelAnswer)
    /// The effect is there and there is nothing to keep of it.
    case done
    /// The order no longer wants it (it was cancelled before anything was sent).
    case withdrawn(reason: String)
    /// The marketplace has the seller's word on a wish to cancel; false: it had decided already.
    case answered(isTold: Bool, canFetch: Bool)
    /// A fetched order enters through the journal; the job is done when that is on disk.
    case fetched
    /// The platform says for certain that the order is not there any more.
    case gone
    /// It was done, and what came of it is not known yet: this job alone is looked at again then, and the try does not count.
    case waiting(until: Timestamp, reason: String)
    case failed(ConnectorError, isEffectUnknown: Bool)
    /// The process is shutting down: back as it was, the try uncounted.
    case interrupted

    var word: String {
        switch self {
        case .booked, .done, .answered, .fetched, .gone: "done"
        case .cancelAnswered(let answer): switch answer { case .cancelled: "cancelled"; case .tooLate: "tooLate"; case .pending: "pending"; case .unknown: "unknown" }
        case .withdrawn: "withdrawn"
        case .failed(let error, _): error.failureClass.word
        case .waiting: "waiting"
        case .interrupted: "interrupted"
        }
    }
}

/// What a try looked like from outside, for the order's page.
package struct AttemptRecord: Sendable {
    package var at: Timestamp
    package var durationMilliseconds: Int64
    /// What was asked and answered, where it is worth keeping.
    package var exchanges: [Exchange]
    package init(at: Timestamp, durationMilliseconds: Int64, exchanges: [Exchange] = []) { self.at = at; self.durationMilliseconds = durationMilliseconds; self.exchanges = exchanges }
}
