import Hummingbird

struct OrdersPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {}
}
