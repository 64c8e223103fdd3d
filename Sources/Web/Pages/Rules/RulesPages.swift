import Hummingbird

struct RulesPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {}
}
