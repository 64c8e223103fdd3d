import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

/// What the page of an order says while a channel that it needs is parked or paused, and whom its timeline links to.
@Suite struct OrderWaitsTests {
    private static func connectPost(_ call: WebBench.Caller) async throws {
        #expect(try await call(.post, "/api/v1/channels", #"{"platform":"stubborn","name":"Post"}"#).status == 201)
        #expect(try await call(.post, "/api/v1/routes", #"{"name":"post","events":["order.created"],"destination":"Post"}"#).status == 201)
    }

    @Test(arguments: [(Channel.State.parked, "parked, its consent has lapsed", "Authorise it again", "waits, its channel is parked"), (.paused, "paused. It goes on by itself", "Open the channel", "waits, its channel is paused")])
    func `an order whose work waits for a channel says so, with the way to mend it, and does not say that it is under way`(state: Channel.State, why: String, link: String, job: String) async throws {
        try await WebBench.run { bench in
            let manager = try await bench.join(.manager)
            try await bench.call { call in
                try await Self.connectPost(call)
                let post = try bench.hub.channels.channel(named: "Post")
                try await bench.hub.channels.setState(state, reason: "the token was revoked", of: post.id)
                let order = try await bench.pushedOrder("A-1", call)
                try await bench.browse { browser in
                    let text = try await browser.get("/orders/\(order.id)", as: manager).text
                    #expect(text.contains("Its work for Post waits: the channel is \(why)"))
                    #expect(text.contains("<a href=\"/channels/\(post.id)\">\(link)</a></span>"), "beside the sentence")
                    #expect(text.contains(job))
                    #expect(!text.contains("It is on its way to its destination."))
                }
            }
        }
    }

    @Test func `an order of a channel that is parked says that its platform hears nothing, as long as there is something to hear`() async throws {
        try await WebBench.run { bench in
            let manager = try await bench.join(.manager)
            try await bench.call { call in
                let order = try await bench.pushedOrder("A-1", call), sentence = "Its own channel Sheet is parked"
                try await bench.browse { browser in
                    let text = try await browser.get("/orders/\(order.id)", as: manager).text
                    #expect(!text.contains(sentence))
                }
                try await bench.hub.channels.setState(.parked, reason: "the token was revoked", of: bench.sheet.id)
                try await bench.browse { browser in
                    let text = try await browser.get("/orders/\(order.id)", as: manager).text
                    #expect(text.contains(sentence))
                }
                _ = try await bench.hub.ledger.act(.exclude(reason: "a test"), on: order.id, by: AuditActor(name: "Ann"))
                try await bench.browse { browser in
                    let text = try await browser.get("/orders/\(order.id)", as: manager).text
                    #expect(!text.contains(sentence))
                }
            }
        }
    }

    @Test func `a person in the timeline leads to what the audit has of them, for those who may see it`() async throws {
        try await WebBench.run { bench in
            let manager = try await bench.join(.manager), clerk = try await bench.join(.operator)
            try await bench.call { call in
                let order = try await bench.pushedOrder("A-1", call)
                _ = try await bench.hub.ledger.act(.note("ring twice"), on: order.id, by: AuditActor(name: "Ann Lee"))
                try await bench.browse { browser in
                    let link = "href=\"/settings/audit?actor=Ann%20Lee\""
                    let managers = try await browser.get("/orders/\(order.id)", as: manager).text, clerks = try await browser.get("/orders/\(order.id)", as: clerk).text
                    #expect(managers.contains(link) && !clerks.contains(link))
                    let audit = try await browser.get("/settings/audit?actor=Ann%20Lee", as: manager).text
                    #expect(audit.contains("/orders/\(order.id)"))
                }
            }
        }
    }

    @Test func `a failing cause on Today opens the dead letters of that cause`() async throws {
        try await WebBench.run { bench in
            let manager = try await bench.join(.manager)
            try await bench.call { call in
                try await Self.connectPost(call)
                _ = try await bench.pushedOrder("A-1", call)
                let group = try await eventually { try await bench.hub.ledger.deadLetterGroups().first }
                let line = try #require(try await bench.hub.today(until: bench.clock.now).letters.first)
                #expect(line.cause == group.cause && line.count == 1)
                try await bench.browse { browser in
                    let text = try await browser.get("/", as: manager).text
                    let start = try #require(text.range(of: "href=\"/flows/dead-letters/group?cause="))
                    let path = "/flows/dead-letters/group?cause=" + String(text[start.upperBound...].prefix(while: { $0 != "\"" }))
                    #expect(try await browser.get(path, as: manager).text.contains("the phone number is wrong"))
                }
            }
        }
    }

    @Test func `the hours after which a parcel counts as not moving are the workspace's, and stand on the exceptions page`() async throws {
        try await WebBench.run { bench in
            let admin = try await bench.join(.admin), viewer = try await bench.join(.viewer)
            try await bench.browse { browser in
                #expect(try await browser.get("/ship/exceptions", as: admin).text.contains("after 48 hours without news"))
                for wrong in ["0", "721", "many", ""] { #expect(try await browser.post("/settings/workspace", ["stillHours": wrong], as: admin).status == 422, Comment(rawValue: wrong)) }
                #expect(try await browser.post("/settings/workspace", ["name": "ACME"], as: admin).status == 303, "a form without the field leaves it")
                #expect(bench.hub.workspace.current.stillHours == 48)
                #expect(try await browser.post("/settings/workspace", ["stillHours": "72"], as: viewer).status == 403)
                #expect(try await browser.post("/settings/workspace", ["stillHours": "72"], as: admin).status == 303)
                let admins = try await browser.get("/ship/exceptions", as: admin).text, viewers = try await browser.get("/ship/exceptions", as: viewer).text
                #expect(admins.contains("after 72 hours without news") && admins.contains("Change in Settings"))
                #expect(viewers.contains("after 72 hours without news") && !viewers.contains("Change in Settings"))
            }
            try await bench.call { call in
                let refused = try await call(.patch, "/api/v1/workspace", #"{"stillHours":721}"#), taken = try await call(.patch, "/api/v1/workspace", #"{"stillHours":24}"#)
                #expect(refused.status == 422)
                #expect(taken.text.contains("\"stillHours\":24"))
            }
        }
    }
}
