import Hummingbird

struct OrderPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {}
}
