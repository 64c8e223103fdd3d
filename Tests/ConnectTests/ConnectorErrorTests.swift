import Connect
import Domain
import HTTPTypes
import Testing

@Suite struct ConnectorErrorTests {
    private static let until = Timestamp(seconds: 100)

    @Test(arguments: [
        (.throttled(until: until), "throttled", .throttled(until: until)), (.unreachable(reason: "r"), "unreachable", .transient), (.unauthorised(reason: "r"), "unauthorised", .unauthorised),
        (.alreadyDone, "already_done", .alreadyDone), (.refused(platformCode: "no_stock", platformMessage: "m"), "no_stock", .rejected),
        (.notUnderstood(field: "f", found: "x"), "not_understood", .rejected), (.misconfigured(setting: "url", problem: "is not set"), "misconfigured", .rejected),
    ] as [(ConnectorError, String, FailureClass)])
    func `each error has its code, its class and a sentence`(error: ConnectorError, code: String, failureClass: FailureClass) {
        #expect(error.code == code)
        #expect(error.failureClass == failureClass)
        #expect(error.sentence.hasSuffix("."))
    }

    @Test(arguments: zip(["5", "0.2", "0", "-9", "3601", "1e300", "inf", "9223372036854775807"], [5, 1, 1, 1, 3600, 3600, 3600, 3600] as [Int64]))
    func `a pause is from a second to an hour`(text: String, seconds: Int64) {
        #expect(PlatformAnswer(status: 429, headers: [.retryAfter: text]).pauseSeconds == seconds)
    }

    @Test(arguments: ["", "soon", "nan", "Wed, 21 Oct 2026 07:28:00 GMT"])
    func `what is no number of seconds is no pause`(text: String) {
        #expect(PlatformAnswer(status: 429, headers: [.retryAfter: text]).pauseSeconds == nil)
    }
}

@Suite struct ChannelSettingsTests {
    private static let settings = ChannelSettings(["url": "https://a", "empty": "", "list": "a, b,,c", "number": "7", "yes": "On", "odd": "maybe"])

    @Test func `a needed setting that is absent or empty is named`() throws {
        #expect(try Self.settings.required("url") == "https://a")
        for key in ["empty", "absent"] {
            #expect(throws: ConnectorError.misconfigured(setting: key, problem: "is not set")) { try Self.settings.required(key) }
            #expect(Self.settings.optional(key) == nil)
        }
    }

    @Test func `lists, numbers and flags are read strictly`() throws {
        #expect(Self.settings.list("list") == ["a", "b", "c"])
        #expect(Self.settings.list("absent").isEmpty)
        #expect(try Self.settings.integer("number", default: 1, in: 1...9) == 7)
        #expect(try Self.settings.integer("absent", default: 1, in: 1...9) == 1)
        #expect(throws: ConnectorError.self) { try Self.settings.integer("number", default: 1, in: 8...9) }
        #expect(throws: ConnectorError.self) { try Self.settings.integer("odd", default: 1, in: 1...9) }
        #expect(try Self.settings.flag("yes"))
        #expect(try !Self.settings.flag("absent"))
        #expect(throws: ConnectorError.self) { try Self.settings.flag("odd") }
    }
}
