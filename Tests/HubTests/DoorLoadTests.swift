@testable import Hub
import Testing

@Suite struct DoorLoadTests {
    @Test func `an ordinary day asks nobody to rest`() {
        let load = DoorLoad()
        load.add(50)
        #expect(!load.isBurst)
        #expect(load.rest(after: .milliseconds(10)) == .zero)
    }

    @Test func `in a burst whoever works on the journal rests many times as long as it worked, within a bound`() {
        let load = DoorLoad()
        load.add(5_000)
        #expect(load.isBurst)
        #expect(load.rest(after: .milliseconds(10)) == .milliseconds(200))
        #expect(load.rest(after: .seconds(5)) == DoorLoad.longestRest)
    }
}
