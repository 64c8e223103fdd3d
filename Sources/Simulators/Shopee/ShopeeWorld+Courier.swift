import Foundation

/// The courier's walk with a package, and what comes late: tracking numbers and labels.
extension ShopeeWorld {
    /// The next natural step, or nil where the package is at its end (or not arranged yet).
    func nextStep(of packageNumber: String) -> ShopeeCourierStep? {
        guard let (order, index) = package(packageNumber) else { return nil }
        let package = order.packages[index]
        let words = Set(package.events.map(\.word))
        switch package.status {
        case .requestCreated, .pickupRetry: return .pickUp
        case .pickupDone: return !words.contains("IN_TRANSIT") ? .sort : !words.contains("OUT_FOR_DELIVERY") ? .outForDelivery : .deliver
        case .deliveryFailed: return words.contains("RETURNED") ? nil : .bringBack
        default: return nil
        }
    }

    /// False where this step is impossible; then nothing changed. An order that waits for a cancellation does not move.
    @discardableResult
    mutating func advance(_ packageNumber: String, _ step: ShopeeCourierStep) -> Bool {
        guard let (order, index) = package(packageNumber), order.status != .inCancel else { return false }
        let status = order.packages[index].status
        switch step {
        case .pickUp:
            showTracking(packageNumber)
            return movePackage(packageNumber, to: .pickupDone, word: "PICKED_UP", "บริษัทขนส่งเข้ารับพัสดุแล้ว")
        case .retryPickUp: return movePackage(packageNumber, to: .pickupRetry, word: "PICKUP_RETRY", "เข้ารับพัสดุไม่สำเร็จ จะเข้ารับใหม่")
        case .failPickUp: return movePackage(packageNumber, to: .pickupFailed, word: "PICKUP_FAILED", "เข้ารับพัสดุไม่สำเร็จ")
        case .sort: return status == .pickupDone && note(packageNumber, "IN_TRANSIT", "พัสดุถึงศูนย์คัดแยก")
        case .outForDelivery: return status == .pickupDone && note(packageNumber, "OUT_FOR_DELIVERY", "พัสดุกำลังนำจ่าย")
        case .deliver: return movePackage(packageNumber, to: .deliveryDone, word: "DELIVERED", "พัสดุถูกจัดส่งสำเร็จแล้ว")
        case .failDelivery: return movePackage(packageNumber, to: .deliveryFailed, word: "FAILED_DELIVERED", "จัดส่งไม่สำเร็จ")
        case .bringBack: return status == .deliveryFailed && note(packageNumber, "RETURNED", "พัสดุถูกส่งคืนผู้ขาย")
        case .lose: return movePackage(packageNumber, to: .lost, word: "LOST", "พัสดุสูญหาย")
        }
    }

    private mutating func note(_ packageNumber: String, _ word: String, _ description: String) -> Bool {
        let moment = now
        changeQuietly(packageNumber) { $0.events.append(.init(at: moment, word: word, description: description, returnCode: nil)) }
        return true
    }

    /// The package is the courier's from now on; its number may come later.
    mutating func arranged(_ packageNumber: String) {
        if configuration.trackingPolls == 0, configuration.trackingDelay == nil {
            showTracking(packageNumber)
        } else {
            let polls = configuration.trackingPolls
            changeQuietly(packageNumber) { $0.trackingPollsLeft = polls }
            if let delay = configuration.trackingDelay { due.append((.tracking(package: packageNumber), delay)) }
        }
        if let pace = configuration.pace { due.append((.courier(package: packageNumber), pace)) }
    }

    /// Gives the package its number, unless it has one; push 4 tells it.
    mutating func showTracking(_ packageNumber: String) {
        guard let (order, index) = package(packageNumber), order.packages[index].status.isArranged, !order.packages[index].isTrackingShown else { return }
        let tracking = order.packages[index].trackingNumber ?? nextTrackingNumber()
        trackingOwner[tracking] = packageNumber
        change(order.number) { order in
            order.packages[index].trackingNumber = tracking
            order.packages[index].isTrackingShown = true
        }
        if let (order, index) = package(packageNumber) { announceTracking(order.packages[index], of: order) }
    }

    /// Decides a label job that is under way; push 15 tells it.
    mutating func decideLabel(_ packageNumber: String) {
        guard let (order, index) = package(packageNumber), let job = order.packages[index].label, job.state == .processing else { return }
        changeQuietly(packageNumber) { $0.label?.state = job.willFail ? .failed : .ready }
        if let (order, index) = package(packageNumber) { announceLabel(order.packages[index], of: order) }
    }

    /// Something that was to happen by itself.
    mutating func take(_ step: Step) {
        switch step {
        case .label(let number): decideLabel(number)
        case .tracking(let number): showTracking(number)
        case .courier(let number):
            guard let next = nextStep(of: number) else { return }
            advance(number, next)
            if let pace = configuration.pace, nextStep(of: number) != nil { due.append((.courier(package: number), pace)) }
        }
    }
}
