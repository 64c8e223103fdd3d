import Hummingbird

struct FlowsPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {}
}
