package import Foundation
package import SimulatorKit

/// The four systems: they share neither host nor key (thailandpost.md §1).
package enum PostSystem: String, Sendable, CaseIterable {
    case track = "A", webhook = "B", eParcel = "C", postOne = "D"
}

/// A run of serials under one prefix. The check digit is the customer's to compute.
package struct NumberRange: Sendable, Equatable {
    package var prefix: String
    package var first: Int
    package var last: Int

    package init(prefix: String, first: Int, last: Int) {
        self.prefix = prefix
        self.first = first
        self.last = last
    }

    func holds(_ parts: S10.Parts) -> Bool { parts.prefix == prefix && (first...last).contains(parts.serial) && parts.country == "TH" }
}

/// A customer of system C. COD is chosen by the account, not by a flag (thailandpost.md §4.2, §9).
package struct EParcelAccount: Sendable {
    package var user: String
    package var password: String
    package var collectsCOD: Bool
    package var ranges: [NumberRange]
    /// Numbers drawn from D are good for this account too.
    package var takesDrawnNumbers = true

    package init(user: String, password: String, collectsCOD: Bool, ranges: [NumberRange]) {
        self.user = user
        self.password = password
        self.collectsCOD = collectsCOD
        self.ranges = ranges
    }
}

/// How the four systems behave. The defaults keep the dossier to the letter; `ThailandPostSimulator.adjust` changes them while it runs.
package struct ThailandPostConfiguration: Sendable {
    /// How the reply to `addItems` (or `addItem`) looks: all of these were seen or are allowed (thailandpost.md §4.2).
    package enum BookingReply: String, Sendable, CaseIterable {
        case onePerItem
        /// One element with `messagesError`, an entry per item in the order sent.
        case messagesError
        /// One element with `messagesError`, the failed items only: the caller has to re-read.
        case failuresOnly
        /// Not an array at all; `addItems` gets the first failure, or success.
        case bareObject
    }
    package enum UnknownNumbers: String, Sendable, CaseIterable { case emptyList, absent }
    /// What a refused address sees: it looks like bad credentials, or like nothing (thailandpost.md §2.2).
    package enum Refusal: String, Sendable, CaseIterable { case unauthorised, forbidden, timeOut }
    package enum DetailSpelling: String, Sendable, CaseIterable { case snake = "status_detail", camel = "statusDetail" }

    /// 0 or absent lets the system choose.
    package var ports: [PostSystem: Int] = [:]

    // MARK: A and B
    /// About 100 characters full of punctuation, as the dashboard makes them.
    package var staticToken = "Vn$2!kQ&xW;9+tR=bL:/e#Zp^4%Gd(Ms)Ua*Hc?Yf@Jo~Ni.Tq-Kb_Er,Xw[Av]8{Bz}Cd<5>Fg|1Hj!Lm$3Np&Qr;7St+Uv=6"
    package var tokenLifetimeSeconds: TimeInterval = 30 * 86_400
    /// False: 401 comes as JSON.
    package var unauthorisedIsHTML = true
    /// Every call of A and B with a good token is 403.
    package var forbidsCalls = false
    package var callsPerWindow = 15
    package var windowSeconds: TimeInterval = 3
    package var blockSeconds: TimeInterval = 30
    package var numbersPerCall = 1_000
    package var trackCountLimit = 1_500
    package var hookCountLimit = 1_000
    package var unknownNumbers = UnknownNumbers.emptyList
    /// Officer, office, call centre and detail members in A's items.
    package var hasExtraFields = false
    package var detailSpelling = DetailSpelling.snake
    /// A Gregorian year in a Thai reply, which clients must take as well.
    package var usesGregorianYearInThai = false
    /// Nil: nobody hears pushes.
    package var webhookURL: String?
    /// Typed into the dashboard, never sent by the API.
    package var webhookBearer = "tp_push_5c1e7a"
    /// Before a push leaves, multiplied by `timeScale`; about 11 minutes were seen.
    package var pushDelay: Duration = .zero
    /// Numbers that answer `status: false` to a subscription.
    package var refusedSubscriptions: Set<String> = []

    // MARK: C
    package var accounts = [
        EParcelAccount(user: "demo_user", password: "demo_pass", collectsCOD: false, ranges: [
            NumberRange(prefix: "EF", first: 12_340_000, last: 12_399_999), NumberRange(prefix: "RR", first: 47_310_000, last: 47_319_999),
        ]),
        EParcelAccount(user: "demo_cod", password: "cod_pass", collectsCOD: true, ranges: [NumberRange(prefix: "EB", first: 20_000_000, last: 20_059_999)]),
    ]
    /// 401 with a page, or 200 with 001.
    package var badCredentialsAre401 = true
    /// Nil: no allow-list. Also what foreign callers of D see as 403, where `postOneNeedsAllowedAddress`.
    package var allowedAddresses: Set<String>?
    package var refusal = Refusal.forbidden
    /// How long a hanging system keeps a caller waiting.
    package var hang: Duration = .seconds(30)
    package var bookingReply = BookingReply.onePerItem
    /// Replies to bookings name their barcode.
    package var repliesNameBarcode = false
    package var maximumGrams: [Character: Int] = ["E": 20_000, "R": 2_000]
    /// Satang; the true limit is unverified.
    package var codLimitSatang: Int64 = 5_000_000
    package var unservedPostcodes: Set<String> = ["58150"]
    /// False imitates a careless system that stores a number twice: then only the hub keeps it at one.
    package var refusesDuplicates = true
    package var reportsRepeatItems = false
    /// Sara am as two code points in C's status words.
    package var decomposesSaraAm = false
    /// History items say `createdDate`, `statusTime` and `postcodeName` instead of `statusDate` and `station`.
    package var usesOtherHistoryNames = false
    /// `getRatePrice…` answers a bare number instead of an object.
    package var ratesAreNumbers = false
    package var defaultOrigin = PostOffice(name: "รามคำแหง", postcode: "10240")

    // MARK: D
    package var shopID = "SHOP01"
    package var apiKey = "pk_7d20c4"
    /// By `typ`: 1 EMS, 2 registered, 3 eCo (unverified).
    package var drawRanges = [
        1: NumberRange(prefix: "EF", first: 30_000_000, last: 30_099_999), 2: NumberRange(prefix: "RR", first: 30_000_000, last: 30_019_999),
        3: NumberRange(prefix: "BC", first: 30_000_000, last: 30_019_999),
    ]
    /// More are not given at once; test keys get 2 (thailandpost.md §10).
    package var numbersPerDraw = 1_000
    package var postOneNeedsAllowedAddress = true

    // MARK: Parcels and money
    /// What the parcels of traffic go through, with weights; drawn once a parcel, at booking.
    package var lives: [(life: ParcelLife, weight: Int)] = [(.delivered, 1)]
    /// Of the COD amount, in hundredths of a per cent: ours, not the post's.
    package var codFeeBasisPoints: Int64 = 300

    /// Multiplies push delays and retry pauses, so that a test's hour is a few milliseconds.
    package var timeScale: Double = 1
    /// Consignments kept in memory; the oldest finished ones make room.
    package var maximumConsignments = 100_000
    package var faults = FaultPlan(level: .none, seed: 1)
    package var now: @Sendable () -> Date = { Date() }

    package init() {}
}
