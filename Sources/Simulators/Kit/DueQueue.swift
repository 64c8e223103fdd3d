/// A binary heap of things that are due at a moment; of equal moments the first one in comes first.
struct DueQueue<Element> {
    private struct Entry {
        var due: ContinuousClock.Instant
        var order: UInt64
        var element: Element
        func precedes(_ other: Entry) -> Bool { due == other.due ? order < other.order : due < other.due }
    }

    private var heap: [Entry] = []
    private var nextOrder: UInt64 = 0

    var count: Int { heap.count }
    var isEmpty: Bool { heap.isEmpty }
    var nextDue: ContinuousClock.Instant? { heap.first?.due }

    mutating func removeAll() { heap.removeAll() }

    mutating func insert(_ element: Element, due: ContinuousClock.Instant) {
        heap.append(Entry(due: due, order: nextOrder, element: element))
        nextOrder += 1
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first element whose moment has come.
    mutating func popDue(at now: ContinuousClock.Instant) -> Element? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first.element
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[least]) { least = child }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
