import Domain
import Hub

/// An address that contradicts itself: what says what, in the reader's language, and the ways out as buttons.
struct OrderOffers {
    let page: OrderPage
    private var order: StoredOrder { page.order }
    private var words: Words { page.words }

    var view: [OrderView.Contradiction] {
        guard page.seesBuyer, let address = order.snapshot.shipTo, let problem = AddressCheck(RawAddress(address)).contradictions.first else { return [] }
        let offers = AddressCheck.offers(for: order), whyNot = whyNot
        let buttons = offers.map { OrderView.Offer(id: $0.id, word: words("order.offers.take.\($0.kind.rawValue)", ["what": $0.what])) }
        return [.init(sentence: sentence(problem, offers), offers: whyNot.isEmpty ? buttons : [], whyNot: whyNot.isEmpty ? [] : [whyNot], asksBuyer: buttons.isEmpty)]
    }

    /// Flags that say in another place what the sentence says.
    var said: Set<String> { page.seesBuyer ? Set(order.snapshot.shipTo.map { AddressCheck(RawAddress($0)).contradictions.map(\.code) } ?? []) : [] }

    /// Empty: the address can be changed by this caller now.
    private var whyNot: String {
        guard page.whyNoEdit.isEmpty else { return page.whyNoEdit }
        return EditLaw.refusal(of: OrderAddress.fields[0], workflow: order.workflow, fulfilment: order.fulfilment).map { OrderForm.text($0, words) } ?? ""
    }

    private func sentence(_ problem: AddressProblem, _ offers: [OrderOffer]) -> String {
        func places(_ kind: AddressOffer.Kind) -> String { offers.filter { $0.kind == kind }.map(\.what).joined(separator: " / ") }
        let address = order.snapshot.shipTo
        switch problem {
        case .provincePostcodeDisagree(_, let postcode, _): return postcodeSentence(postcode, places(.place), address?.province ?? "")
        case .districtPostcodeDisagree(let district, let postcode, _): return postcodeSentence(postcode, places(.district), district)
        case .regionComunaConflict(_, let comuna, _): return words("order.offers.region", ["comuna": comuna, "place": places(.region), "said": address?.province ?? ""])
        default: return words.said(problem.message)
        }
    }

    private func postcodeSentence(_ postcode: String, _ place: String, _ said: String) -> String {
        words(place.isEmpty ? "order.offers.elsewhere" : "order.offers.postcode", ["postcode": postcode, "place": place, "said": said])
    }
}
