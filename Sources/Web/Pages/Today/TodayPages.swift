import Hummingbird

struct TodayPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {}
}
