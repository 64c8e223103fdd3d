extension ConsoleResources {
    static let flows = ConsoleResources()
}
