import Connect

extension ThailandPostConnector: ArrangesPickupsByHand {
    /// No call for pick-ups is known (thailandpost.md §6.3); the number and the site are those of §3 and §2.
    package static let pickupByHand = "Thailand Post documents no call for pick-ups: they are part of the contract, or arranged at the counter. Ask the post office of your contract, or call 1545 (track.thailandpost.co.th)."
}
