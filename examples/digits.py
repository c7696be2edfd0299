"""Train a network to read handwritten digits:  python examples/digits.py"""

import numpy as np
from tqdm import trange

import pygrad
from pygrad import data, nn, no_grad
from pygrad import functions as F
from pygrad.data import DataLoader, ratio_split


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 256)
        self.fc2 = nn.Linear(256, 256)
        self.fc3 = nn.Linear(256, 10)
        self.dropout = nn.Dropout(0.3)

    def forward(self, x):
        x = F.dropout(x, 0.1, self.training)
        x = self.dropout(F.relu(self.fc1(x)))
        x = self.dropout(F.relu(self.fc2(x)))
        return self.fc3(x)


pygrad.seed(0)
train, test = ratio_split(data.datasets.digits(), 0.8, 0.2)
model = Net()
optimizer = nn.optim.Adam(model.params())

for epoch in trange(60, unit="epoch", disable=None):
    for images, labels in DataLoader(train, 32):
        loss = F.softmax_cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

model.save("digits.npy")
model.plot(to_file="digits.svg")
model.eval()
images, labels = test[:]
with no_grad():
    predicted = model(images).data.argmax(axis=1)
print(f"test accuracy: {np.mean(predicted == labels):.1%}")
