import Connect
package import Domain
import Synchronization

/// How many calls each channel makes of those that it may, and until when its platform asked it to wait. It outlives the connectors, which are built anew at every change.
package final class CallMeter: Sendable {
    package struct Reading: Sendable, Equatable {
        /// Calls of the last sixty seconds.
        package var lastMinute = 0
        package var running = 0
        /// Since the process began.
        package var throttled = 0
        package var throttledUntil: Timestamp?
        package var lastStatus: Int?, lastAt: Timestamp?
        package init() {}
    }
    private struct State {
        var reading = Reading()
        /// Calls by second, of the last sixty.
        var seconds: [Int64: Int] = [:]
    }
    private let states = Mutex<[ChannelID: State]>([:])
    private let now: @Sendable () -> Timestamp
    package init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    package func reading(of channel: ChannelID) -> Reading {
        let time = now()
        return states.withLock { states in
            guard let state = states[channel] else { return Reading() }
            var reading = state.reading
            reading.lastMinute = state.seconds.filter { $0.key > time.milliseconds / 1000 - 60 }.values.reduce(0, +)
            if let until = reading.throttledUntil, until <= time { reading.throttledUntil = nil }
            return reading
        }
    }

    func began(_ channel: ChannelID) {
        let second = now().milliseconds / 1000
        states.withLock { states in
            var state = states[channel] ?? State()
            state.reading.running += 1
            if state.seconds[second] == nil { state.seconds = state.seconds.filter { $0.key > second - 60 } }
            state.seconds[second, default: 0] += 1
            states[channel] = state
        }
    }

    func ended(_ channel: ChannelID, status: Int?, throttledUntil: Timestamp?) {
        let time = now()
        states.withLock { states in
            states[channel]?.reading.running -= 1
            states[channel]?.reading.lastAt = time
            states[channel]?.reading.lastStatus = status
            if let throttledUntil {
                states[channel]?.reading.throttledUntil = throttledUntil
                states[channel]?.reading.throttled += 1
            }
        }
    }
}

extension ChannelHTTP {
    static let defaultPauseSeconds: Int64 = 30
    static let tooManyRequests = 429

    /// The same, counted and, where a job's try is being recorded, kept.
    func watched(by meter: CallMeter, for channel: ChannelID, masking secrets: SecretMask, now: @escaping @Sendable () -> Timestamp) -> ChannelHTTP {
        ChannelHTTP { request throws(ConnectorError) in
            let begin = now(), clock = ContinuousClock(), start = clock.now
            meter.began(channel)
            do throws(ConnectorError) {
                let answer = try await send(request)
                let isThrottled = answer.status == Self.tooManyRequests
                meter.ended(channel, status: answer.status, throttledUntil: isThrottled ? now() + .seconds(answer.pauseSeconds ?? Self.defaultPauseSeconds) : nil)
                ExchangeRecorder.current?.add(.init(at: begin, duration: clock.now - start, request: request, answer: answer, fault: nil, secrets: secrets))
                return answer
            } catch {
                var until: Timestamp?
                if case .throttled(let time) = error { until = time }
                meter.ended(channel, status: nil, throttledUntil: until)
                ExchangeRecorder.current?.add(.init(at: begin, duration: clock.now - start, request: request, answer: nil, fault: error, secrets: secrets))
                throw error
            }
        }
    }
}
