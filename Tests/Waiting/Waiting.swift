/// Looks until the condition holds, so that a test waits for a state and never for a time.
///
/// - Returns: false when the limit passed first, or the test was cancelled.
package func eventually(within limit: Duration = .seconds(30), between pause: Duration = .milliseconds(5), _ holds: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while try await !holds() {
        guard ContinuousClock.now < end, !Task.isCancelled else { return false }
        // Between two looks the threads belong to what is waited for. Cancelled: the loop ends.
        try? await Task.sleep(for: pause)
    }
    return true
}
