/// The reasons that a channel's own default gives. Orders keep them and pages translate them, so they are never reworded.
extension RuleDecision {
    package static let approvedByHand = "The channel approves by hand.", awaitingPayment = "It waits for its payment.", withoutAddress = "It has no delivery address."
    package static let cashOnDelivery = "Cash on delivery and no rule against it.", paid = "Paid and no rule against it."
}
