import Connect
import Domain
import SimulatorKit
import Testing

extension Platform {
    static let allotting = [thailandPost, thailandPostDrawing]
}

/// A number is given to one parcel, for ever.
@Suite(.serialized, .timeLimit(.minutes(1))) struct NumberConformanceTests {
    private static let atOnce = 7, mostDraws = 400

    private func withNumbers(_ platform: Platform, _ body: (any PlatformUnderTest, any AllotsTrackingNumbers) async throws -> Void) async throws {
        try await withPlatform(platform) { running, _ in try await body(running, try #require(running.connector as? any AllotsTrackingNumbers)) }
    }

    /// Draws until the end of the range.
    private func drawn(_ connector: any AllotsTrackingNumbers, isCOD: Bool = false, service: String? = nil) async -> (numbers: [String], end: ConnectorError?) {
        var numbers: [String] = []
        for _ in 0..<Self.mostDraws {
            do throws(ConnectorError) {
                let next = try await connector.trackingNumbers(Self.atOnce, service: service, isCOD: isCOD, after: numbers.last)
                #expect(next.count == Self.atOnce)
                numbers += next
            } catch { return (numbers, error) }
        }
        return (numbers, nil)
    }

    @Test(arguments: Platform.allotting) func `numbers are given once each until the range ends, which is told clearly`(_ platform: Platform) async throws {
        try await withNumbers(platform) { _, connector in
            let (numbers, end) = await drawn(connector)
            #expect(numbers.count >= Self.atOnce && Set(numbers).count == numbers.count)
            #expect(end?.code == "range_exhausted" && end?.failureClass == .rejected, "\(String(describing: end))")
            #expect(end?.sentence.isEmpty == false)
            let again = await connectorError { () async throws(ConnectorError) in try await connector.trackingNumbers(Self.atOnce, service: nil, isCOD: false, after: numbers.last) }
            #expect(again?.code == "range_exhausted", "a range began anew")
        }
    }

    @Test(arguments: Platform.allotting) func `numbers of one service or account are never another's`(_ platform: Platform) async throws {
        try await withNumbers(platform) { _, connector in
            let plain = await drawn(connector).numbers, cod = await drawn(connector, isCOD: true).numbers
            let registered = try await connector.trackingNumbers(Self.atOnce, service: "registered", isCOD: false, after: nil)
            #expect(!cod.isEmpty && !registered.isEmpty)
            #expect(Set(plain + cod + registered).count == plain.count + cod.count + registered.count)
        }
    }

    @Test(arguments: Platform.allotting, [Fault.lostAnswer, .malform, .drop, .serverError(status: 502)])
    func `numbers whose answer was lost are not given again`(_ platform: Platform, fault: Fault) async throws {
        try await withNumbers(platform) { running, connector in
            let first = try await connector.trackingNumbers(Self.atOnce, service: nil, isCOD: false, after: nil)
            _ = running.wire.takeRequests()
            running.simulator.faults.force([fault], at: .request)
            var second: [String] = []
            do throws(ConnectorError) { second = try await connector.trackingNumbers(Self.atOnce, service: nil, isCOD: false, after: first.last) } catch {
                #expect(error.failureClass == .transient, "\(error)")
                #expect(!running.wire.takeRequests().isEmpty, "nobody was asked")
            }
            running.simulator.faults.clearForced()
            let third = try await connector.trackingNumbers(Self.atOnce, service: nil, isCOD: false, after: second.last ?? first.last)
            #expect(Set(first + second + third).count == first.count + second.count + third.count)
        }
    }

    @Test(arguments: Platform.allotting) func `no numbers are asked for nothing`(_ platform: Platform) async throws {
        try await withNumbers(platform) { running, connector in
            _ = running.wire.takeRequests()
            let none = try await connector.trackingNumbers(0, service: nil, isCOD: false, after: nil)
            #expect(none.isEmpty)
            #expect(running.wire.takeRequests().isEmpty)
        }
    }
}
