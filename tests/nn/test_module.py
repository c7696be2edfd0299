"""What a module owns, and in which order."""

import copy
import gc
import pickle
import subprocess
import sys
import textwrap
import weakref

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn
from pygrad import functions as F
from pygrad.exceptions import ArgumentError


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 3)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(3, 2)

    def forward(self, x):
        return self.fc2(self.dropout(F.relu(self.fc1(x))))


def names(module):
    return [name for name, _ in module.named_params()]


# ------------------------------------------------------------------------- what is found


def test_parameters_come_in_the_order_of_definition():
    class Backwards(nn.Module):
        def __init__(self):
            super().__init__()
            self.z = nn.Linear(2, 3)
            self.scale = Parameter(np.ones(3))
            self.a = nn.Linear(3, 4)

    model = Backwards()
    assert names(model) == ["z.W", "z.b", "scale", "a.W", "a.b"]
    shapes = [(2, 3), (3,), (3,), (3, 4), (4,)]
    assert [p.shape for p in model.params()] == shapes


def test_a_layer_set_anew_keeps_its_place():
    model = Net()
    model.fc1 = nn.Linear(4, 3, bias=False)
    assert names(model) == ["fc1.W", "fc2.W", "fc2.b"]


def test_a_layer_that_is_deleted_is_gone():
    model = Net()
    del model.fc1
    assert names(model) == ["fc2.W", "fc2.b"]


def test_lists_tuples_and_dicts_of_modules_are_found():
    class Holder(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)]
            self.pair = (nn.Linear(1, 1, bias=False),)
            self.heads = {"left": nn.Linear(1, 1, bias=False), 2: [Parameter(1.0)]}

    expected = ["layers.0.W", "layers.1.W", "pair.0.W", "heads.left.W", "heads.2.0"]
    assert names(Holder()) == expected


def test_a_layer_appended_later_is_found():
    model = nn.Module()
    model.layers = []
    model.layers.append(nn.Linear(1, 1))
    assert names(model) == ["layers.0.W", "layers.0.b"]


def test_None_is_no_parameter():
    model = nn.Module()
    model.missing = None
    model.layers = [None, nn.Linear(1, 1, bias=False), None]
    model.by_name = {"none": None}
    assert names(model) == ["layers.1.W"]
    assert all(p is not None for p in model.params())


def test_a_shared_module_counts_once():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(2, 2)
            self.second = self.first
            self.again = [self.first]

    model = Tied()
    assert names(model) == ["first.W", "first.b"]
    assert model.modules() == [model, model.first]
    assert model.children() == [model.first]
    assert list(model.weight_dict()) == ["first"]


def test_a_shared_parameter_counts_once():
    model = nn.Module()
    model.a, model.b = nn.Linear(2, 2), nn.Linear(2, 2, bias=False)
    model.b.W = model.a.W
    assert names(model) == ["a.W", "a.b"]


def test_a_module_that_holds_its_owner_is_walked_once():
    parent, child = nn.Module(), nn.Linear(1, 1)
    parent.child, child.parent = child, parent
    assert names(parent) == ["child.W", "child.b"]
    assert parent.modules() == [parent, child]
    assert parent.eval().training is child.training is False
    assert list(parent.weight_dict()) == ["child"]
    assert repr(parent) == ("Module(\n  (child): Linear(1, 1\n    (parent): Module(...)\n  )\n)")
    assert child([[1.0]]).dtype == np.float32  # it looks for the first parameter


def test_a_set_of_layers_is_refused_because_it_has_no_order():
    model = nn.Module()
    model.layers = {nn.Linear(1, 1)}
    with pytest.raises(ArgumentError, match=r"Module: layers is a set .* make it a list"):
        model.params()


def test_the_order_of_parameters_does_not_depend_on_the_hash_seed():
    program = """
        from pygrad import nn
        model = nn.Module()
        for name in "zebra apple mango kiwi fig plum".split():
            setattr(model, name, nn.Linear(1, 1))
        model.by_name = {name: nn.Linear(1, 1) for name in "one two three four".split()}
        print([name for name, _ in model.named_params()], list(model.weight_dict()))
    """
    printed = {
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(printed) == 1
    assert printed.pop().startswith("['zebra.W', 'zebra.b', 'apple.W'")


def test_parameters_may_be_asked_for_several_times():
    params = Net().params()
    assert len(list(params)) == len(list(params)) == 4


def test_a_variable_is_no_parameter():
    model = nn.Module()
    model.x = Variable([1.0])
    assert model.params() == []
    assert model.weight_dict() == {}


def test_a_frozen_parameter_is_still_one():
    layer = nn.Linear(1, 1)
    layer.W.requires_grad = False
    assert names(layer) == ["W", "b"]
    assert list(layer.weight_dict()) == ["W", "b"]


def test_modules_and_children():
    model = nn.Sequential(Net(), nn.Linear(2, 2))
    assert [name for name, _ in model.named_modules()] == [
        "", "0", "0.fc1", "0.dropout", "0.fc2", "1",
    ]  # fmt: skip
    assert model.modules() == [module for _, module in model.named_modules()]
    assert model.children() == [model[0], model[1]]


def test_a_million_numbers_in_a_list_are_no_parameters():
    model = nn.Module()
    model.history = list(range(1_000_000))
    model.fc = nn.Linear(1, 1)
    assert names(model) == ["fc.W", "fc.b"]


def test_a_module_works_where_super_init_was_forgotten():
    class Forgetful(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(2, 1)

        def forward(self, x):
            return self.fc(x)

    model = Forgetful()
    assert model.training
    assert model.eval().training is False
    assert names(model) == ["fc.W", "fc.b"]
    assert model(np.ones((3, 2))).shape == (3, 1)


def test_both_ways_to_call_super_init_work():
    class Old(nn.Module):
        def __init__(self):
            super(Old, self).__init__()  # noqa: UP008
            self.fc = nn.Linear(2, 1)

    class New(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 1)

    assert names(Old()) == names(New()) == ["fc.W", "fc.b"]


# ------------------------------------------------------------------------ modes, gradients


def test_a_module_is_in_training_at_first():
    assert all(module.training for module in Net().modules())


def test_train_and_eval_reach_every_module_and_return_the_module():
    model = nn.Sequential(Net(), nn.Dropout())
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert model.train() is model
    assert all(module.training for module in model.modules())
    assert model.train(False).training is False


def test_the_mode_of_one_module_is_not_that_of_another():
    a, b = Net(), Net()
    a.eval()
    assert b.training


def test_zero_grad_makes_every_gradient_None():
    model = Net()
    model(np.ones((2, 4))).sum().backward()
    assert all(p.grad is not None for p in model.params())
    model.zero_grad()
    assert all(p.grad is None for p in model.params())


def test_zero_grad_passes_over_frozen_parameters():
    model = Net()
    model.fc1.W.requires_grad = False
    model.zero_grad()


# --------------------------------------------------------------------------------- text


def test_the_repr_shows_the_tree():
    model = nn.Module()
    model.fc = nn.Linear(784, 256)
    model.blocks = [nn.Sequential(nn.Linear(2, 2, bias=False), nn.Dropout(0.25))]
    expected = """\
Module(
  (fc): Linear(784, 256)
  (blocks.0): Sequential(
    (0): Linear(2, 2, bias=False)
    (1): Dropout(0.25)
  )
)"""
    assert repr(model) == expected


def test_the_repr_shows_what_extra_repr_says():
    class Scale(nn.Module):
        def extra_repr(self):
            return "by=2"

    assert repr(Scale()) == "Scale(by=2)"


# -------------------------------------------------------------------------------- copies


def copies(model):
    return copy.deepcopy(model), pickle.loads(pickle.dumps(model))


def test_a_copy_has_weights_of_its_own():
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.25))
    x = np.ones((1, 2))
    expected = model.eval()(x).data
    for twin in copies(model):
        np.testing.assert_array_equal(twin(x).data, expected)
        assert twin.training is False
        twin[0].W.data[...] = 0
    np.testing.assert_array_equal(model(x).data, expected)


def test_a_copy_of_tied_weights_is_tied():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].W = model[0].W
    for twin in copies(model):
        assert twin[0].W is twin[1].W


def test_a_copy_does_not_have_the_last_call():
    model = nn.Sequential(nn.Linear(2, 2))
    model([[1.0, 2.0]])
    for twin in copies(model):
        assert twin.last_call is twin[0].last_call is None
    assert copy.copy(model).last_call is None
    assert model.last_call is not None


def test_a_copy_made_in_the_middle_of_training_leaves_the_gradients_behind():
    model = Net()
    model(np.ones((2, 4))).sum().backward()
    for twin in copies(model):
        assert all(p.grad is None for p in twin.params())


def test_a_dropped_model_is_freed_at_once():
    gc.disable()
    try:
        model = Net()
        model(np.ones((2, 4))).sum().backward()
        gone = weakref.ref(model)
        del model
        assert gone() is None
    finally:
        gc.enable()


def test_nothing_is_left_for_the_garbage_collector_after_a_training_step():
    model = Net()
    optimizer = nn.optim.Adam(model.params())
    x, labels = np.ones((2, 4)), np.array([0, 1])

    def step():
        loss = F.softmax_cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    step()
    gc.collect()
    gc.disable()
    try:
        step()
        assert gc.collect() == 0
    finally:
        gc.enable()
