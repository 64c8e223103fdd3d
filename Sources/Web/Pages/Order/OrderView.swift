/// What the template of an order shows.
struct OrderView: Sendable {
    var id: String, number: String, channelName: String, channelAddress: String, platform: String, version: String
    var workflow: StateWord, fulfilment: StateWord, payment: StateWord, placed: PageTime
    /// "Why is it here?" in one sentence, and what hinders it.
    var reason: Why
    var flags: [String], hasFlags: Bool
    /// At most one.
    var contradictions: [Contradiction]
    var troubles: [Trouble], hasTroubles: Bool
    var actions: [Action], notes: [Note], hasNotes: Bool, mayWrite: Bool
    var whoHidden: String, seesBuyer: Bool
    var address: [AddressRow], hasAddress: Bool, billing: [Fact], hasBilling: Bool
    var facts: [Fact]
    var lines: [Line], sums: [Sum], mismatch: [Mismatch]
    var packages: [Package], hasPackages: Bool
    var shipments: [Shipment], hasShipments: Bool, labels: [Label], noLabel: [String]
    var jobs: [Job], hasJobs: Bool
    var entries: [Entry], olderEntries: [String]
    var editHref: String, mayEdit: Bool, whyNoEdit: String

    struct Why: Sendable { var sentence: String, tone: String, ruleAddress: [String], next: String, waits: [Wait] }
    /// A channel that work waits for; `address` is empty for those who may not open it.
    struct Wait: Sendable { var sentence: String, word: String, address: [String] }
    struct Trouble: Sendable { var sentence: String, code: String, tone: String, letter: [String], problem: [String], mayMend: Bool }
    struct Contradiction: Sendable { var sentence: String, offers: [Offer], whyNot: [String], asksBuyer: Bool }
    struct Offer: Sendable { var id: String, word: String }
    /// `isPossible` false: `whyNot` says why.
    struct Action: Sendable { var name: String, word: String, key: String, style: String, isPossible: Bool, whyNot: String, wantsReason: Bool, question: String, reasons: [String] }
    struct Note: Sendable { var text: String, by: String, time: PageTime }
    /// `platform` is empty where the platform says the same.
    struct AddressRow: Sendable { var field: String, label: String, here: String, platformSays: String, normal: [String], edit: [EditMark] }
    struct EditMark: Sendable { var field: String, by: String, time: PageTime, isConflict: Bool, mayLetGo: Bool }
    struct Fact: Sendable { var name: String, value: String, edit: [EditMark] }
    struct Line: Sendable { var title: String, sku: String, quantity: String, price: String, discount: [String], total: String, edits: [EditMark] }
    struct Sum: Sendable { var name: String, value: String, isGrand: Bool }
    struct Mismatch: Sendable { var stated: String, rebuilt: String }
    struct Package: Sendable { var ref: String, weight: String, contents: String }
    struct Shipment: Sendable { var carrier: String, tracking: String, address: [String], state: StateWord, booked: PageTime, reference: String }
    struct Label: Sendable { var word: String, address: String }
    struct Job: Sendable { var destination: String, action: String, state: StateWord, attempt: String, next: [PageTime], message: String, mendAddress: [String], mendWord: String }
    struct Entry: Sendable {
        var time: PageTime, what: StateWord, cause: String, causeAddress: [String], detail: String, changes: [Change], exchange: [String]
    }
    struct Change: Sendable { var name: String, before: [String], after: [String] }
}
