//! `orca.pages`: the page, its icon, messages both ways.

mod common;

use std::sync::{Arc, Mutex};

use common::Application;
use matriline::{CallError, LogLevel, PagesCapability, PluginManager};
use matriline_testkit::{DataFolder, MainLoop, process_tests};

/// A script with one page `page` whose class has these methods beside `get_name`.
fn plugin(methods: &str) -> String {
    let methods = methods.trim().replace('\n', "\n    ");
    format!(
        "import orca\n\n\
         class Page(orca.pages.PagesPluginCapabilityBase):\n    \
             def get_name(self):\n        return 'page'\n\n    {methods}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Page)\n"
    )
}

fn loaded(methods: &str) -> Application {
    let application = Application::with_script("shows", &plugin(methods));
    application.load("shows");
    application
}

fn page(manager: &PluginManager) -> Arc<dyn PagesCapability> {
    manager.loader().capability::<dyn PagesCapability>("shows", "page").unwrap()
}

fn a_page_and_its_icon() {
    let application = loaded(
        "def get_ui(self):\n    assert self.get_type() is orca.PluginType.Pages is orca.Pages\n    return '<b>größer</b>'\n\n\
         def get_icon(self):\n    return '/icons/page.svg'",
    );
    let page = page(&application.manager);
    assert_eq!(page.get_ui().unwrap(), "<b>größer</b>");
    assert_eq!(page.get_icon().unwrap(), "/icons/page.svg");
}

fn what_may_be_left_out() {
    let application = loaded("def get_ui(self):\n    return ''");
    let page = page(&application.manager);
    assert_eq!(page.get_icon().unwrap(), "");
    page.on_message(r#"{"a": 1}"#).unwrap();
    assert!(application.logged(LogLevel::Warn, "shows").is_empty());
}

fn wrong_pages_are_errors() {
    let application =
        loaded("def get_ui(self):\n    return b'<b></b>'\n\ndef get_icon(self):\n    raise ValueError('no')");
    let page = page(&application.manager);
    let error = page.get_ui().unwrap_err();
    assert!(matches!(&error, CallError::WrongAnswer { found, .. } if found == "bytes"), "{error}");
    assert!(page.get_icon().unwrap_err().raised().unwrap().message.contains("no"));
    application.manager.shutdown().unwrap();
    let application = loaded("pass");
    assert!(application.logged(LogLevel::Warn, "shows")[0].contains("has no method `get_ui`"));
}

fn messages_arrive_as_objects() {
    let application = loaded(
        "def get_ui(self):\n    return ''\n\ndef on_message(self, data):\n    print('got', repr(data))",
    );
    let page = page(&application.manager);
    for message in [r#"{"a":[1,2.5,"x",null,true]}"#, "5", r#""text""#, "null"] {
        page.on_message(message).unwrap();
    }
    let printed = application.printed();
    for expected in ["got {'a': [1, 2.5, 'x', None, True]}", "got 5", "got 'text'", "got None"] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    let error = page.on_message("{no json").unwrap_err();
    assert!(matches!(error, CallError::WrongArgument { .. }), "{error}");
    assert!(error.to_string().contains("The text is no JSON"), "{error}");
}

/// 12.15: both ways, 200 deep and no deeper.
fn messages_have_a_depth() {
    let posted = Arc::new(Mutex::new(Vec::new()));
    let keep = posted.clone();
    let data = DataFolder::new();
    data.add_script(
        "shows",
        "shows.py",
        &plugin(
            "def get_ui(self):\n    return ''\n\n\
             def on_message(self, data):\n    self.post_message(data)\n    \
             try:\n        self.post_message([data])\n    except ValueError as error:\n        \
             assert 'nested deeper than 200' in str(error), error\n    \
             else:\n        raise AssertionError",
        ),
    );
    let post =
        move |_: &matriline::CapabilityId, message: &str| keep.lock().unwrap().push(message.to_owned());
    let manager = PluginManager::builder(data.path()).post_to_page(post).start().unwrap();
    manager.discover_plugins();
    manager.loader().load_plugin("shows", Default::default()).wait().unwrap();
    let (page, nested) = (page(&manager), |depth: usize| "[".repeat(depth) + &"]".repeat(depth));
    page.on_message(&nested(200)).unwrap();
    assert_eq!(*posted.lock().unwrap(), [nested(200)]);
    for depth in [201, 300, 1_000_000] {
        let error = page.on_message(&nested(depth)).unwrap_err();
        assert!(matches!(error, CallError::WrongArgument { .. }), "{error}");
        assert!(error.to_string().contains("The JSON is nested deeper than 200"), "{error}");
    }
}

fn messages_go_to_the_page() {
    let data = DataFolder::new();
    data.add_script(
        "shows",
        "shows.py",
        &plugin(
            "def get_ui(self):\n    self.post_message({'at': 1, 'all': [True, None, 'ö']})\n    \
             import threading\n    thread = threading.Thread(target=self.post_message, args=('late',))\n    \
             thread.start()\n    thread.join()\n    \
             wrong = []\n    wrong.append(wrong)\n    \
             for wrong in (2 ** 64, '\\ud800', wrong):\n        \
                 try:\n            self.post_message(wrong)\n        except (OverflowError, ValueError):\n            pass\n        else:\n            raise AssertionError(wrong)\n    \
             try:\n        Page().post_message('orphan')\n    except RuntimeError:\n        pass\n    else:\n        raise AssertionError\n    \
             return ''",
        ),
    );
    let posted = Arc::new(Mutex::new(Vec::new()));
    let keep = posted.clone();
    let manager = PluginManager::builder(data.path())
        .post_to_page(move |id, message| {
            assert_eq!((id.plugin_key.as_str(), id.name.as_str()), ("shows", "page"));
            keep.lock().unwrap().push(serde_json::from_str::<serde_json::Value>(message).unwrap());
        })
        .start()
        .unwrap();
    manager.discover_plugins();
    manager.loader().load_plugin("shows", Default::default()).wait().unwrap();
    page(&manager).get_ui().unwrap();
    let expected = [serde_json::json!({"at": 1, "all": [true, null, "ö"]}), serde_json::json!("late")];
    assert_eq!(*posted.lock().unwrap(), expected);
}

/// With an event loop they arrive there, in order, and the plugin does not wait.
fn messages_go_to_the_page_on_the_main_thread() {
    let data = DataFolder::new();
    let source = plugin(
        "def get_ui(self):\n    for number in range(100):\n        self.post_message(number)\n    return 'posted'",
    );
    data.add_script("shows", "shows.py", &source);
    let (posted, main_loop) = (Arc::new(Mutex::new(Vec::new())), MainLoop::new());
    let (keep, main) = (posted.clone(), std::thread::current().id());
    let manager = PluginManager::builder(data.path())
        .post_to_page(move |_, message| {
            assert_eq!(std::thread::current().id(), main);
            keep.lock().unwrap().push(message.parse::<u8>().unwrap());
        })
        .post(main_loop.post())
        .start()
        .unwrap();
    manager.discover_plugins();
    manager.loader().load_plugin("shows", Default::default()).wait().unwrap();
    let page = page(&manager);
    let asked = std::thread::spawn(move || page.get_ui().unwrap());
    assert_eq!(asked.join().unwrap(), "posted");
    main_loop.run_posted();
    assert!(posted.lock().unwrap().iter().copied().eq(0..100), "{posted:?}");
}

fn without_a_page_messages_are_dropped() {
    let application = loaded("def get_ui(self):\n    self.post_message('nobody')\n    return 'shown'");
    assert_eq!(page(&application.manager).get_ui().unwrap(), "shown");
}

process_tests!(
    a_page_and_its_icon,
    what_may_be_left_out,
    wrong_pages_are_errors,
    messages_arrive_as_objects,
    messages_have_a_depth,
    messages_go_to_the_page,
    messages_go_to_the_page_on_the_main_thread,
    without_a_page_messages_are_dropped,
);
