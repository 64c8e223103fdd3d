import Domain

/// The words of the order model.
extension Words {
    func state(_ workflow: Workflow) -> StateWord { StateWord(word: self("model.workflow.\(workflow.rawValue)"), tone: PageWords.tone(workflow).rawValue) }
    func word(_ fulfilment: Fulfilment) -> String { self("model.fulfilment.\(fulfilment.rawValue)") }
    func word(_ payment: PaymentState) -> String { self("model.payment.\(payment.rawValue)") }

    func state(_ fulfilment: Fulfilment) -> StateWord {
        let tone: Tone = switch fulfilment {
        case .delivered: .good
        case .deliveryFailed, .returning, .returned, .lost: .bad
        case .unfulfilled: .off
        case .packed, .readyToShip, .pickedUp, .inTransit, .outForDelivery: .going
        }
        return StateWord(word: word(fulfilment), tone: tone.rawValue)
    }

    func state(_ payment: PaymentState) -> StateWord {
        let tone: Tone = switch payment {
        case .paid, .authorised: .good
        case .unpaid: .warn
        case .partiallyRefunded, .refunded, .voided: .off
        }
        return StateWord(word: word(payment), tone: tone.rawValue)
    }
}
