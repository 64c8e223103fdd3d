import Hummingbird

/// The console's pages: each area adds its own.
struct ConsoleRoutes {
    let console: Console

    func add(to router: Router<AppContext>) {
        let pages = router.group().add(middleware: PageGuard(console: console))
        SignInPages(console: console).add(to: pages)
        LinkPages(console: console).add(to: pages)
        AccountPages(console: console).add(to: pages)
        SettingsPages(console: console).add(to: pages)
        console.assets.add(to: pages)
        LiveRoutes(console: console).add(to: pages)
        OrdersPages(console: console).add(to: pages)
        DonePages(console: console).add(to: pages)
        OrderPages(console: console).add(to: pages)
        ChannelsPages(console: console).add(to: pages)
        FlowsPages(console: console).add(to: pages)
        TodayPages(console: console).add(to: pages)
        RulesPages(console: console).add(to: pages)
        ShipPages(console: console).add(to: pages)
        FilesPages(console: console).add(to: pages)
    }
}
