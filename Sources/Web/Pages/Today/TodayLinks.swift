import Domain
import Foundation
import Hub

/// Where the rows behind the numbers are.
enum TodayLinks {
    static let late = "/orders?shipBy=late", today = "/orders?shipBy=today", tomorrow = "/orders?shipBy=tomorrow", flagged = "/orders?flagged=true&workflow=new,edited,awaitingConfirmation,approved,queued,synced"
    static let toApprove = "/orders?workflow=edited,awaitingConfirmation"
    static let deadLetters = "/flows/dead-letters", flows = "/flows", problems = "/flows/problems", newChannel = "/channels/new", files = "/files", people = "/settings/people", channels = "/channels"

    static func channel(_ id: ChannelID) -> String { "/channels/\(id)" }
    static func order(_ id: OrderID) -> String { "/orders/\(id)" }

    static func due(from: Timestamp, before: Timestamp, courier: String) -> String {
        "/orders?shipFrom=\(from)&shipBefore=\(before)" + (courier.isEmpty ? "" : "&courier=\(escaped(courier))")
    }

    static func of(_ courier: String, at list: String) -> String { courier.isEmpty ? list : "\(list)&courier=\(escaped(courier))" }

    static func waiting(_ line: TodayBoard.WaitingLine) -> String {
        "/orders?waiting=\(line.cause.rawValue)" + (line.subject.isEmpty ? "" : "&reason=\(escaped(line.subject))")
    }

    static func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}
