/// Whether an address is in the Región Metropolitana, with every witness that was heard, for the audit record
/// (platforms/addresses-cl-th.md §1.6).
package struct RegionMetropolitanaAnswer: Sendable, Hashable, Codable {
    package enum Witness: String, Sendable, Codable { case yes, no, unknown }
    package enum Verdict: String, Sendable, Codable { case yes, no, unknown, conflict }
    /// A courier's rule, in either sign.
    package enum CourierTakes: String, Sendable, Codable { case onlyRegionMetropolitana, allButRegionMetropolitana }
    package enum Decision: String, Sendable, Codable { case takes, doesNotTake, askPerson }

    package let region: Witness
    package let comuna: Witness
    package let postcode: Witness
    package let country: Witness

    init(region: Witness, comuna: Witness, postcode: Witness, country: Witness) {
        self.region = region; self.comuna = comuna; self.postcode = postcode; self.country = country
    }

    /// Another country is a plain no, and no country is unknown. Region and comuna that contradict each other are a conflict,
    /// though the comuna is
    /// more often right. The postcode never decides.
    package var verdict: Verdict {
        switch (country, region, comuna) {
        case (.no, _, _): .no
        case (.unknown, _, _): .unknown
        case (.yes, .yes, .no), (.yes, .no, .yes): .conflict
        case (.yes, .yes, _), (.yes, _, .yes): .yes
        case (.yes, .no, _), (.yes, _, .no): .no
        case (.yes, .unknown, .unknown): .unknown
        }
    }

    /// What the postcode suggests to the person who decides, where region and comuna are silent.
    package var hint: Witness { country == .yes && region == .unknown && comuna == .unknown ? postcode : .unknown }

    /// Unknown and conflict go to a person under both signs of the rule.
    package func decision(_ rule: CourierTakes) -> Decision {
        switch (verdict, rule) {
        case (.unknown, _), (.conflict, _): .askPerson
        case (.yes, .onlyRegionMetropolitana), (.no, .allButRegionMetropolitana): .takes
        case (.yes, .allButRegionMetropolitana), (.no, .onlyRegionMetropolitana): .doesNotTake
        }
    }
}
