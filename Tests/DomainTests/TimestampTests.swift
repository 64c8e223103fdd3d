import Domain
import Foundation
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2026-11-06T10:12:44Z", 1_793_959_964_000), ("2026-11-06T10:12:44.118204377+07:00", 1_793_934_764_118), ("2026-11-06 10:12:44.1+0700", 1_793_934_764_100),
        ("2026-11-06T10:12:44.12-03", 1_793_970_764_120), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("2000-02-29T12:00:00Z", 951_825_600_000), ("2026-03-02T04:15:09.1200009Z", 1_772_424_909_120),
    ] as [(String, Int64)])
    func `the forms platforms write`(text: String, milliseconds: Int64) throws {
        #expect(try #require(Timestamp(rfc3339: text)).milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-06", "2026-11-06T25:15:00Z", "2026-11-06T24:00:00Z", "2026-11-06T10:60:00Z", "2026-11-06T10:12:60Z", "2026-02-30T10:12:44Z", "2025-02-29T10:12:44Z",
        "1900-02-29T10:12:44Z", "2026-04-31T10:12:44Z", "2026-13-01T10:12:44Z", "2026-00-01T10:12:44Z", "2026-11-00T10:12:44Z", "2026-11-06T10:12:44Zxyz",
        "2026-11-06T10:12:44", "2026-11-06T10:12:44.Z", "2026-11-06T10:12:44.1234567890Z", "2026-11-06T10:12:44+", "2026-11-06T10:12:44+7", "2026-11-06T10:12:44+07:",
        "2026-11-06T10:12:44+07:60", "2026-11-06T10:12:44+15:00", "2026-11-06T10:12:44+07:00x", "2026-11-06t10:12:44z", "2026/11/06T10:12:44Z", " 2026-11-06T10:12:44Z",
        "2026-11-06T10:12:44Z ", "๒๐๒๖-11-06T10:12:44Z", "+026-11-06T10:12:44Z", "2569-11-06T10:12:44B.E.",
    ])
    func `anything else is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `a time without a zone is UTC only where that is said`() {
        #expect(Timestamp(rfc3339: "2026-11-06T10:12:44", assumingUTC: true) == Timestamp(rfc3339: "2026-11-06T10:12:44Z"))
        #expect(Timestamp(rfc3339: "2026-11-06T10:12:44.5", assumingUTC: true)?.milliseconds == 1_793_959_964_500)
        #expect(Timestamp(rfc3339: "2026-11-06T10:12:44x", assumingUTC: true) == nil)
    }

    @Test(arguments: 0..<300)
    func `a time written is the time read, and agrees with the calendar of Foundation`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let time = Timestamp(milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random))
        let offset = Int.random(in: -840...840, using: &random)
        #expect(Timestamp(rfc3339: time.description) == time)
        #expect(try JSONDecoder().decode([Timestamp].self, from: JSONEncoder.crossdock.encode([time])) == [time])
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        let modern = Timestamp(seconds: Int64.random(in: 0...4_102_444_800, using: &random))
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(modern.milliseconds / 1000)))
        func two(_ number: Int?) -> String { String(format: "%02d", number ?? -1) }
        let local = "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))T\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
        #expect(modern.description == local + "Z")
        let zoned = local + (offset < 0 ? "-" : "+") + two(abs(offset) / 60) + ":" + two(abs(offset) % 60)
        #expect(Timestamp(rfc3339: zoned) == modern - .seconds(offset * 60))
    }

    @Test(arguments: 0..<200)
    func `a mutated time is read or refused`(seed: UInt64) {
        var random = SplitMix(seed: seed), bytes = Array("2026-11-06T10:12:44.118+07:00".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            if Bool.random(using: &random), bytes.count > 1 { bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random)) } else {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let time = Timestamp(rfc3339: text, assumingUTC: true) { #expect(Timestamp(rfc3339: time.description) == time) } else { #expect(text.utf8.count < 40) }
    }

    @Test func `durations are whole milliseconds`() {
        let time = Timestamp(seconds: 10)
        #expect(time + .milliseconds(1) - time == .milliseconds(1))
        #expect((time - .seconds(11)).description == "1969-12-31T23:59:59Z")
        #expect(Duration.nanoseconds(1_999_999).inMilliseconds == 1)
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
        #expect(time < time + .milliseconds(1))
    }
}
